import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Lab } from '../lab-home.ts'
import { lineageFaults } from './lineage-soundness.ts'
import { orphansIn, pidFileOf, postmastersOn } from './machine.ts'
import { type Stored, storedIn, under } from './stored.ts'

/** The server's words for "another server has this data directory", which must never be needed. */
const SECOND_SERVER =
  /lock file "postmaster.pid" already exists|pre-existing shared memory block .* in use/

/** What is still there after this was not about to go. */
const SETTLE_MS = 10_000

/**
 * What is wrong with a home in which no operation is under way: half instances, servers that do not run, two on one data
 * directory, processes, files and documents that belong to nothing, backup histories that are not what their folders say. Empty when all is well, at once or after a moment: a
 * backend needs one to see that its server was killed.
 */
export async function faultsOf(lab: Lab): Promise<string[]> {
  const deadlineMs = Date.now() + SETTLE_MS
  for (;;) {
    const faults = await faultsNow(lab)
    if (faults.length === 0 || Date.now() > deadlineMs) return faults
    await pause(100)
  }
}

async function faultsNow(lab: Lab): Promise<string[]> {
  const faults: string[] = []
  const daemon = await lab.api.getDaemon({})
  if (daemon.liveOperations > 0) faults.push(`${daemon.liveOperations} operation(s) hold locks`)
  const instances = await lab.api.listInstances({})
  const servers: number[] = []
  for (const i of instances) {
    const name = `${i.project}/${i.service}`
    if (i.state === 'stopped') continue
    if (i.state !== 'ready') faults.push(`${name} is ${i.state}`)
    const running = postmastersOn(i.dataDirectory).map(({ pid }) => pid)
    if (running.length !== 1) faults.push(`${name} has ${running.length} servers`)
    if (running[0] !== i.pid) faults.push(`${name}: ps shows ${i.pid}, ${running.join()} runs`)
    if (pidFileOf(i.dataDirectory) !== i.pid) faults.push(`${name}: postmaster.pid differs`)
    if (SECOND_SERVER.test(readFileSync(i.logFile, 'utf8'))) {
      faults.push(`${name}: a second server was started on its data`)
    }
    servers.push(...running)
  }
  const known = [daemon.pid, ...servers]
  const orphans = await orphansIn(lab.root, known)
  faults.push(...orphans.map((line) => `orphan: ${line}`))
  faults.push(...(await strayFiles(lab, instances)))
  const stored = storedIn(lab)
  return [...faults, ...strayDocuments(stored, instances), ...lineageFaults(lab, stored)]
}

interface Place {
  readonly project: string
  readonly service: string
  readonly dataDirectory: string
}

async function strayFiles(lab: Lab, instances: readonly Place[]): Promise<string[]> {
  const kept = (await lab.api.listSnapshots({})).map((s) => s.name).sort()
  const members = instances.map((i) => i.dataDirectory.replace(/\/data$/, '')).sort()
  const found = names(lab.home, 'instances').flatMap((project) =>
    names(lab.home, 'instances', project).flatMap((service) =>
      names(lab.home, 'instances', project, service).map((id) =>
        join(lab.home, 'instances', project, service, id),
      ),
    ),
  )
  const halves = members.flatMap((m) => names(m).filter((name) => name.endsWith('.new')))
  return [
    ...differences('member folders', found.sort(), members),
    ...differences('snapshots', names(lab.home, 'snapshots').sort(), kept),
    ...differences('socket folders', names(lab.home, 'run', 'pg').length, instances.length),
    ...differences('half-made files', halves, []),
  ]
}

function strayDocuments(stored: Stored, instances: readonly Place[]): string[] {
  const ids = instances.map((i) => `${i.project}/${i.service}`).sort()
  const memberIds = ids.map((id) => `${id}/0`).sort()
  return [
    ...differences('locks', under(stored, 'locks'), []),
    ...differences('claims', under(stored, 'claims'), []),
    ...differences('instances', under(stored, 'instances'), ids),
    ...differences('credentials', under(stored, 'credentials'), ids),
    ...differences('members', under(stored, 'members'), memberIds),
    ...differences('observed', under(stored, 'observed'), memberIds),
  ]
}

function differences(what: string, found: unknown, expected: unknown): string[] {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)]
  return a === b ? [] : [`${what}: ${a} instead of ${b}`]
}

function names(...path: string[]): string[] {
  const folder = join(...path)
  return existsSync(folder) ? readdirSync(folder) : []
}
