import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn } from './entries.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { removeTree, syncDirectory } from './files.ts'
import { identify } from './processes.ts'

/**
 * Folders beside finished ones that are not finished yet, or no more: `staging-…` while one is made, `replaced-…` while a new one
 * takes its place. The name says whose it is, so that what a dead process left can be told from what a live one is making.
 */
interface Leaving {
  readonly name: string
  readonly role: 'staging' | 'replaced'
  /** The name that it is to have, or had. */
  readonly place: string
  readonly owner: string
}

/** A new, empty folder of this process in `parent`, for what is to be called `place` (letters, digits, `.` and `-`). */
export async function makeStaging(parent: string, place: string): Promise<string> {
  const directory = join(parent, nameOf('staging', place))
  await withFileErrors(directory, () => mkdir(directory, { mode: 0o755 }))
  return directory
}

/**
 * Gives a finished staging folder its name, in one step. False when a folder that is not empty has it: somebody was faster. With
 * `replace` that one makes way; what runs from it keeps its open files.
 */
export async function moveIntoPlace(
  parent: string,
  staging: string,
  { place, replace }: { readonly place: string; readonly replace: boolean },
): Promise<boolean> {
  const target = join(parent, place)
  return withFileErrors(target, async () => {
    const aside = join(parent, nameOf('replaced', place))
    const isAside = replace && (await renameUnlessThere(target, aside))
    try {
      return await renameUnlessThere(staging, target)
    } finally {
      // Put back if nothing took its place.
      if (isAside && !(await renameUnlessThere(aside, target))) await removeTree(aside)
      await syncDirectory(parent)
    }
  })
}

/**
 * Removes what dead processes left in `parent`, and puts back what was to be replaced when the replacement never came. Gives the
 * failures: a dead process's child may still write for a moment, and then the next call removes it.
 */
export async function clearLeavings(parent: string): Promise<unknown[]> {
  const failures: unknown[] = []
  for (const leaving of (await namesIn(parent)).flatMap(parseLeaving)) {
    if (ownerIsAlive(leaving.owner)) continue
    const directory = join(parent, leaving.name)
    try {
      const isBack =
        leaving.role === 'replaced' &&
        (await renameUnlessThere(directory, join(parent, leaving.place)))
      if (!isBack) await removeTree(directory)
    } catch (error) {
      failures.push(error)
    }
  }
  return failures
}

/** The parts of a leaving's name; nothing for any other name. */
export function parseLeaving(name: string): Leaving[] {
  const parts = /^(staging|replaced)-([\w.-]+)-(\d+-[0-9a-f]{12})-[0-9a-f]{8}$/.exec(name)
  const [, role, place, owner] = parts ?? []
  if (!role || !place || !owner) return []
  return [{ name, role: role as Leaving['role'], place, owner }]
}

/** rename(2) refuses to put a folder over one that is not empty, whoever made it and when. False also when `from` is gone. */
async function renameUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errnoOf(error) ?? '')) return false
    throw error
  }
}

function nameOf(role: Leaving['role'], place: string): string {
  return `${role}-${place}-${ownerOf(process.pid)}-${randomBytes(4).toString('hex')}`
}

function ownerIsAlive(owner: string): boolean {
  const pid = Number(owner.slice(0, owner.indexOf('-')))
  return ownerOf(pid) === owner
}

/** A process id comes again; together with the moment of its start it does not. */
function ownerOf(pid: number): string | undefined {
  const identity = identify(pid)
  if (!identity) return undefined
  const start = createHash('sha256').update(identity.startedAt).digest('hex').slice(0, 12)
  return `${pid}-${start}`
}
