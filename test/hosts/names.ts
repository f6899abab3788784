import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Refusal } from './refusal.ts'

/** Everything of a lab that the kernel knows by a name begins with this. */
const PREFIX = 'howdah'
const NETWORK = '10.77.0'
/** Where clients run: a fourth place beside three hosts. */
export const EDGE = 'edge'
export const PREFIX_BITS = 24
export const SUBNET = `${NETWORK}.0/${PREFIX_BITS}`
/** The switch's own address, where the proxy listens. */
export const GATEWAY = `${NETWORK}.1`
export const PROXY_PORT = 3128
/** More than etcd is given members, and few enough for one machine. */
export const MOST_HOSTS = 9

/** h1, h2 ... */
export const hostNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `h${index + 1}`)

/** The address of a host or of `edge`. Labs do not see each other, so all use the same. */
export const addressOf = (name: string): string => `${NETWORK}.${lastByteOf(name)}`

/** A locally administered hardware address, the same at every boot, so that neighbours need not ask again. */
export const hardwareAddressOf = (name: string): string =>
  `02:77:00:00:00:${lastByteOf(name).toString(16).padStart(2, '0')}`

const lastByteOf = (name: string): number => (name === EDGE ? 10 : 10 + Number(name.slice(1)))

/** The network namespace of a host, of `edge` or of `switch`, as `ip netns` lists it. */
export const namespaceOf = (lab: string, name: string): string => `${PREFIX}-${lab}-${name}`

/** The file that stands for a network namespace. */
export const namespaceFile = (lab: string, name: string): string =>
  `/run/netns/${namespaceOf(lab, name)}`

/** The control group that holds those of a lab's hosts. */
export const groupOf = (lab: string): string => `${PREFIX}-lab-${lab}`

/** The folder that holds a folder for each lab: HOWDAH_LAB, else one under the temporary folder. */
export const labsFolder = (): string =>
  resolve(process.env['HOWDAH_LAB'] || join(tmpdir(), 'howdah-lab'))

/** A lab's name becomes part of names with limits of their own; throws a Refusal for one that does not fit. */
export function checkLabName(name: string): string {
  if (/^[a-z][a-z0-9]{0,15}$/.test(name)) return name
  throw new Refusal(`a lab's name has at most 16 small letters and digits, unlike ${name}`)
}
