import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, withFileErrors } from '../system/file-errors.ts'
import { removeTree, syncDirectory } from '../system/files.ts'
import { identify } from '../system/processes.ts'
import type { EngineLog } from './survey.ts'

/**
 * Folders beside the installed engines that are not engines yet, or no more: `staging-…` while one is fetched, `replaced-…` while
 * a new one takes an old one's place. The name says whose it is, so that a later install can tell a dead one's leavings.
 */
interface Leaving {
  readonly name: string
  readonly role: 'staging' | 'replaced'
  readonly id: string
  readonly owner: string
}

/** `npm-16.14` → a new, empty folder of this process for it. */
export async function makeStaging(enginesDirectory: string, id: string): Promise<string> {
  const directory = join(enginesDirectory, nameOf('staging', id))
  await withFileErrors(directory, () => mkdir(directory, { mode: 0o755 }))
  return directory
}

/**
 * Puts a finished staging folder in its place, in one step. False when an engine is there already: somebody was faster.
 * With `replace` that one makes way; what runs from it keeps its open files.
 */
export async function moveIntoPlace(
  enginesDirectory: string,
  staging: string,
  { id, replace }: { readonly id: string; readonly replace: boolean },
): Promise<boolean> {
  const place = join(enginesDirectory, id)
  return withFileErrors(place, async () => {
    const old = replace ? await setAside(enginesDirectory, id) : undefined
    try {
      return await renameUnlessThere(staging, place)
    } finally {
      // Put back if nothing took its place.
      if (old !== undefined && !(await renameUnlessThere(old, place))) await removeTree(old)
      await syncDirectory(enginesDirectory)
    }
  })
}

/** Removes what dead installs left, and puts back an engine whose replacement never came. */
export async function clearLeavings(enginesDirectory: string, log: EngineLog): Promise<void> {
  const names = await withFileErrors(enginesDirectory, () => readdir(enginesDirectory))
  for (const leaving of names.flatMap(parseLeaving)) {
    if (ownerIsAlive(leaving.owner)) continue
    const directory = join(enginesDirectory, leaving.name)
    try {
      const putBack =
        leaving.role === 'replaced' &&
        (await renameUnlessThere(directory, join(enginesDirectory, leaving.id)))
      if (!putBack) await removeTree(directory)
    } catch (error) {
      // A dead install's npm or tar may write for a moment longer. The next install clears it.
      log.warn({ error, directory }, 'what a dead install left cannot be removed yet')
    }
  }
}

/** The parts of a leaving's name; nothing for any other name. */
export function parseLeaving(name: string): Leaving[] {
  const parts = /^(staging|replaced)-(npm-\d+\.\d+)-(\d+-[0-9a-f]+)-[0-9a-f]+$/.exec(name)
  const [, role, id, owner] = parts ?? []
  if (!role || !id || !owner) return []
  return [{ name, role: role as Leaving['role'], id, owner }]
}

async function setAside(enginesDirectory: string, id: string): Promise<string | undefined> {
  const aside = join(enginesDirectory, nameOf('replaced', id))
  try {
    await rename(join(enginesDirectory, id), aside)
    return aside
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
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

function nameOf(role: Leaving['role'], id: string): string {
  const owner = ownerOf(process.pid)
  return `${role}-${id}-${owner}-${randomBytes(4).toString('hex')}`
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
