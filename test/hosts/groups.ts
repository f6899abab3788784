import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/lab/until.ts'
import { groupOf } from './names.ts'
import { Refusal } from './refusal.ts'

/** What a control group can do for a host, and the file by which it is told. */
const files = {
  freeze: ['cgroup.freeze', 'freezer.state'],
  memory: ['memory.max', 'memory.limit_in_bytes'],
  disk: ['io.max', 'blkio.throttle.write_bps_device'],
} as const
export type Ability = keyof typeof files

/** Where this machine's control groups are mounted: the one of version 2, and those of version 1 that hold a controller still. */
function hierarchies(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const place = before.split(' ')[4] ?? ''
      const [type, , options = ''] = after.split(' ')
      const isUseful = /\b(memory|blkio|freezer)\b/.test(options)
      return type === 'cgroup2' || (type === 'cgroup' && isUseful) ? [place] : []
    })
}

/** The folders of a host's (or of `edge`'s) control groups, made where this machine lets us. */
export function makeGroups(labName: string, host: string): string[] {
  return hierarchies().flatMap((place) => {
    const group = join(place, groupOf(labName), host)
    try {
      mkdirSync(group, { recursive: true })
    } catch (error) {
      // Read-only or another owner's, as in most containers: the host is then not bounded there, which `ls` tells.
      if (['EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
        return []
      throw error
    }
    delegate(place, groupOf(labName))
    return [group]
  })
}

/** Version 2 gives a group its controllers only when each group above passes them on. */
function delegate(place: string, group: string): void {
  if (!existsSync(join(place, 'cgroup.controllers'))) return
  for (const folder of [place, join(place, group)]) {
    for (const controller of ['memory', 'io']) {
      try {
        writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`)
      } catch {
        // The controller is bound to version 1 or withheld: what it would bound is unbounded, which `ls` tells.
      }
    }
  }
}

/** The groups of a host that exist. */
export const groupsOf = (labName: string, host: string): string[] =>
  hierarchies()
    .map((place) => join(place, groupOf(labName), host))
    .filter((group) => existsSync(group))

/** What this machine's control groups can do for a host. */
export const abilitiesOf = (labName: string, host: string): Ability[] =>
  (Object.keys(files) as Ability[]).filter((ability) => fileFor(labName, host, ability))

/** The file that a host's group is told by; undefined when this machine has none. */
function fileFor(labName: string, host: string, ability: Ability): string | undefined {
  return groupsOf(labName, host)
    .flatMap((group) => files[ability].map((name) => join(group, name)))
    .find((file) => existsSync(file))
}

/** The same, or a Refusal. */
export function neededFile(labName: string, host: string, ability: Ability): string {
  const file = fileFor(labName, host, ability)
  if (file) return file
  throw new Refusal(`this machine lets us make no control group that can do this: ${ability}`)
}

/** Bounds a host's memory where that can be done; says whether it could. */
export function boundMemory(labName: string, host: string, bytes: number): boolean {
  const file = fileFor(labName, host, 'memory')
  if (file) writeFileSync(file, String(bytes))
  return file !== undefined
}

/** Removes a lab's groups once their processes are gone. */
export async function removeGroups(labName: string): Promise<void> {
  for (const place of hierarchies()) {
    const top = join(place, groupOf(labName))
    if (!existsSync(top)) continue
    const children = readdirSync(top, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    for (const folder of [...children.map(({ name }) => join(top, name)), top]) {
      await until(`an empty control group ${folder}`, () => removed(folder))
    }
  }
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A process stays in its group until its parent has heard of its end.
    if (code === 'EBUSY') return false
    if (code !== 'ENOENT') throw error
  }
  return true
}
