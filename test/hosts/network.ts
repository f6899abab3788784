import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, runWithInput, succeeds } from './command.ts'
import { type Cut, ruleset } from './cuts.ts'
import type { LabFile } from './lab-file.ts'
import {
  EDGE,
  GATEWAY,
  PREFIX_BITS,
  addressOf,
  hardwareAddressOf,
  namespaceFile,
  namespaceOf,
} from './names.ts'

/** What is wrong with a lab's network now. Kept in a file, and told to the switch whole at each change. */
export interface NetworkFaults {
  readonly cuts: readonly Cut[]
  /** A paused machine answers nobody, and what is sent to it is lost. */
  readonly frozen: readonly string[]
}

const FILE = 'network.json'
const NO_FAULTS: NetworkFaults = { cuts: [], frozen: [] }

/** The switch that all hosts are plugged into, in a namespace of its own: faults in it are out of the hosts' reach. */
export async function makeSwitch(lab: LabFile): Promise<void> {
  const name = namespaceOf(lab.name, 'switch')
  if (!existsSync(namespaceFile(lab.name, 'switch'))) await run('ip', 'netns', 'add', name)
  const ip = (...args: string[]) => run('ip', '-n', name, ...args)
  if (!(await succeeds('ip', '-n', name, 'link', 'show', 'br0'))) {
    await ip('link', 'set', 'lo', 'up')
    await ip('link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0', 'mcast_snooping', '0')
    await ip('address', 'add', `${GATEWAY}/${PREFIX_BITS}`, 'dev', 'br0')
    await ip('link', 'set', 'br0', 'up')
  }
  applyFaults(lab, readFaults(lab))
}

/** The place where clients run: this machine's files, the lab's network. */
export async function makeEdge(lab: LabFile): Promise<void> {
  const [switchName, name] = [namespaceOf(lab.name, 'switch'), namespaceOf(lab.name, EDGE)]
  if (!existsSync(namespaceFile(lab.name, EDGE))) await run('ip', 'netns', 'add', name)
  if (await succeeds('ip', '-n', switchName, 'link', 'show', EDGE)) return
  const address = hardwareAddressOf(EDGE)
  const peer = ['name', 'eth0', 'address', address, 'netns', name]
  await run('ip', '-n', switchName, 'link', 'add', EDGE, 'type', 'veth', 'peer', ...peer)
  await run('ip', '-n', switchName, 'link', 'set', EDGE, 'master', 'br0', 'up')
  const ip = (...args: string[]) => run('ip', '-n', name, ...args)
  await ip('link', 'set', 'lo', 'up')
  await ip('address', 'add', `${addressOf(EDGE)}/${PREFIX_BITS}`, 'dev', 'eth0')
  await ip('link', 'set', 'eth0', 'up')
  await ip('route', 'add', 'default', 'via', GATEWAY)
}

export function readFaults(lab: LabFile): NetworkFaults {
  const file = join(lab.folder, FILE)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as NetworkFaults) : NO_FAULTS
}

/** Changes what is wrong with the network, at once for all packets that come after. */
export function changeFaults(
  lab: LabFile,
  change: (faults: NetworkFaults) => Partial<NetworkFaults>,
): void {
  const before = readFaults(lab)
  const faults = { ...before, ...change(before) }
  const file = join(lab.folder, FILE)
  writeFileSync(`${file}.part`, JSON.stringify(faults))
  renameSync(`${file}.part`, file)
  applyFaults(lab, faults)
}

function applyFaults(lab: LabFile, { cuts, frozen }: NetworkFaults): void {
  const rules = ruleset([...cuts, ...frozen.map((name) => ({ from: [name] }))])
  const place = `--net=${namespaceFile(lab.name, 'switch')}`
  runWithInput(rules, 'nsenter', place, 'nft', '-f', '-')
}
