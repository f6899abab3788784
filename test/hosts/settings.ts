import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import { type HostRecord, type LabFile, hostFolder } from './lab-file.ts'
import { GATEWAY, PREFIX_BITS, PROXY_PORT, hardwareAddressOf, namespaceOf } from './names.ts'

/** The disk beneath a host's root: what is installed in it and written outside /var/lib/howdah. Sparse, so it costs what it holds. */
const SYSTEM_DISK_BYTES = 16 * 1024 ** 3

interface Machine {
  /** The folder that lies read-only beneath the root. */
  readonly tree: string
  /** The control groups of the host. */
  readonly groups: readonly string[]
}

/** Makes a host's disks where they are missing, and writes what `supervise.sh` and `boot.sh` read. */
export async function layOut(lab: LabFile, host: HostRecord, machine: Machine): Promise<void> {
  const folder = hostFolder(lab, host.name)
  mkdirSync(folder, { recursive: true })
  await makeDisk(join(folder, 'system.img'), SYSTEM_DISK_BYTES, 'ext4')
  await makeDisk(join(folder, 'data.img'), lab.diskBytes, lab.filesystem)
  const values = {
    NAME: host.name,
    NETNS: namespaceOf(lab.name, host.name),
    SWITCH: namespaceOf(lab.name, 'switch'),
    ADDRESS: host.address,
    PREFIX: String(PREFIX_BITS),
    GATEWAY,
    PROXY_PORT: String(PROXY_PORT),
    MAC: hardwareAddressOf(host.name),
    ZONE: host.zone ?? '',
    LOWER: machine.tree,
    CHECKOUT: lab.checkout,
    NODE: process.execPath,
    CGROUPS: machine.groups.join(' '),
  }
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`)
  writeFileSync(join(folder, 'settings'), lines.join(''))
}

/** A file with a file system in it, whole or not there. */
async function makeDisk(image: string, sizeBytes: number, type: LabFile['filesystem']) {
  if (existsSync(image)) return
  const part = `${image}.part`
  const file = openSync(part, 'w', 0o600)
  ftruncateSync(file, sizeBytes)
  closeSync(file)
  // Nothing is kept back for root: who writes makes no difference to when the disk is full.
  if (type === 'ext4') await run('mkfs.ext4', '-q', '-F', '-m', '0', part)
  else await run('mkfs.xfs', '-q', '-f', '-m', 'reflink=1', part)
  renameSync(part, image)
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
