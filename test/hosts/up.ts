import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { until } from '../support/lab/until.ts'
import { hostEnvironment, hostsFile } from './environment.ts'
import { boundMemory, makeGroups } from './groups.ts'
import { logTail, startKeeper } from './keeper.ts'
import { type LabFile, type Suite, findLab, labFolder, writeLab } from './lab-file.ts'
import {
  EDGE,
  GATEWAY,
  MOST_HOSTS,
  PROXY_PORT,
  addressOf,
  checkLabName,
  hostNames,
  namespaceFile,
} from './names.ts'
import { makeEdge, makeSwitch } from './network.ts'
import { boot } from './power.ts'
import { obstacles } from './preflight.ts'
import { keeperNamed } from './processes.ts'
import { Refusal } from './refusal.ts'
import { layOut } from './settings.ts'
import { suiteTree } from './suite-tree.ts'

const GIB = 1024 ** 3
/** XFS makes no file system smaller than this; Postgres, etcd and a few WAL files need it too. */
const LEAST_DISK_BYTES = 300 * 1024 ** 2
const PROXY = 'internet.ts'

export interface Wanted {
  readonly hosts: number
  /** `lab1` when none is given. */
  readonly name?: string
  readonly suite?: Suite
  readonly diskBytes?: number
  readonly filesystem?: LabFile['filesystem']
  readonly memoryBytes?: number
  /** Given to the hosts in turn. */
  readonly zones?: readonly string[]
  /** The Howdah that hosts see; this one when none is given. */
  readonly checkout?: string
}

/**
 * Brings a lab up, or what is missing of one that was brought up half or fell: hosts that run are left alone, hosts that
 * are off are booted. Throws a Refusal where no lab can be, and when one of this name was made otherwise.
 */
export async function up(wanted: Wanted): Promise<LabFile> {
  const lab = planned(wanted)
  const [obstacle] = obstacles(lab)
  if (obstacle) throw new Refusal(obstacle)
  const existing = findLab(lab.name)
  if (existing && !isDeepStrictEqual(plain(existing), plain(lab))) {
    throw new Refusal(`there is a lab ${lab.name} with other hosts or settings: \`lab down\` first`)
  }
  if (!existsSync(lab.folder) && existsSync(namespaceFile(lab.name, 'switch'))) {
    throw new Refusal(`a lab ${lab.name} of another folder (HOWDAH_LAB) runs here: choose a --name`)
  }
  const tree = await suiteTree(lab.suite)
  mkdirSync(lab.folder, { recursive: true, mode: 0o755 })
  writeLab(lab)
  writeFileSync(join(lab.folder, 'hosts'), hostsFile(lab))
  writeFileSync(join(lab.folder, 'environment'), hostEnvironment(lab))
  await makeSwitch(lab)
  makeGroups(lab.name, EDGE)
  await makeEdge(lab)
  await startProxy(lab)
  await Promise.all(
    lab.hosts.map(async (host) => {
      const groups = makeGroups(lab.name, host.name)
      boundMemory(lab.name, host.name, lab.memoryBytes)
      await layOut(lab, host, { tree, groups })
      await boot(lab, host.name)
    }),
  )
  return lab
}

function planned(wanted: Wanted): LabFile {
  const { hosts, zones = [], diskBytes = 4 * GIB, memoryBytes = 4 * GIB } = wanted
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > MOST_HOSTS) {
    throw new Refusal(`a lab has 1 to ${MOST_HOSTS} hosts`)
  }
  if (diskBytes < LEAST_DISK_BYTES) throw new Refusal('a disk needs at least 300 MB')
  const name = checkLabName(wanted.name ?? 'lab1')
  return {
    name,
    folder: labFolder(name),
    suite: wanted.suite ?? 'trixie',
    filesystem: wanted.filesystem ?? 'ext4',
    diskBytes,
    memoryBytes,
    checkout: wanted.checkout ?? fileURLToPath(new URL('../../', import.meta.url)),
    hosts: hostNames(hosts).map((host, index) => ({
      name: host,
      address: addressOf(host),
      zone: zones[index % Math.max(zones.length, 1)],
    })),
  }
}

/** As it is read back. */
const plain = (lab: LabFile): unknown => JSON.parse(JSON.stringify(lab))

async function startProxy(lab: LabFile): Promise<void> {
  if (keeperNamed(PROXY, lab.folder) !== undefined) return
  const script = fileURLToPath(new URL(PROXY, import.meta.url))
  const log = join(lab.folder, 'internet.log')
  rmSync(log, { force: true })
  const place = namespaceFile(lab.name, 'switch')
  const args = [script, lab.folder, place, GATEWAY, String(PROXY_PORT)]
  const child = startKeeper(log, process.execPath, args)
  await until('the lab’s proxy', () => {
    if (child.exitCode === null) return readFileSync(log, 'utf8').includes('listening')
    throw new Error(`the lab’s proxy did not start; its log ends with\n${logTail(log)}`)
  })
}
