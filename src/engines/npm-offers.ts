import { join } from 'node:path'
import { z } from 'zod'
import { ensureDirectory, readText, writeAtomic } from '../system/files.ts'
import { findNpm, npmVersions } from '../system/tools/npm.ts'
import { parseAs } from './engine-record.ts'
import { downloadFailed, npmError } from './npm-failure.ts'
import { bestPackages, type NpmPackage } from './npm-packages.ts'
import type { EngineLog } from './survey.ts'

/** What npm offered when it was last asked. */
const OffersFile = z.object({
  formatVersion: z.literal(1),
  packageName: z.string(),
  fetchedAt: z.iso.datetime(),
  versions: z.array(z.string()),
})

/** Minors come four times a year and majors once: a day is soon enough, and `refresh` does not wait for it. */
const freshMs = 24 * 60 * 60 * 1000

export interface Offers {
  readonly packages: readonly NpmPackage[]
  /** False when they come from the file: asking again may bring more. */
  readonly fetchedNow: boolean
}

interface Source {
  readonly enginesDirectory: string
  readonly packageName: string
  readonly log: EngineLog
}

interface Ask {
  /** Ask npm even if the file is fresh, and fail when it cannot be asked. */
  readonly refresh?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The Postgres versions that npm has for this machine, from the file when that is fresh. A stale file, or npm's own cache, is used
 * when npm cannot be asked. Throws ENGINE_DOWNLOAD_FAILED when there is nothing to use.
 */
export async function npmOffers(source: Source, { refresh, signal }: Ask = {}): Promise<Offers> {
  const file = join(source.enginesDirectory, 'offers.json')
  const kept = parseAs(OffersFile, await readText(file))
  const usable = kept?.packageName === source.packageName ? kept : undefined
  const isFresh = usable !== undefined && ageMs(usable.fetchedAt) < freshMs
  if (usable && isFresh && !refresh) {
    return { packages: bestPackages(usable.versions), fetchedNow: false }
  }
  try {
    const versions = await ask(source.packageName, signal)
    await keep(source, file, versions)
    return { packages: bestPackages(versions), fetchedNow: true }
  } catch (error) {
    if (refresh || signal?.aborted) throw error
    const versions = usable?.versions ?? (await rememberedByNpm(source.packageName, signal))
    if (!versions) throw error
    source.log.warn({ error, file }, 'npm cannot be asked; its answer of an earlier day is used')
    return { packages: bestPackages(versions), fetchedNow: false }
  }
}

async function ask(packageName: string, signal: AbortSignal | undefined): Promise<string[]> {
  const what = 'which Postgres versions npm has cannot be found out'
  const npm = await findNpm().catch((error: unknown) => {
    throw downloadFailed(error, what)
  })
  const answer = await npmVersions(npm, packageName, { signal }).catch((error: unknown) => {
    throw downloadFailed(error, what)
  })
  if (!answer.ok) throw npmError(answer.failure, what, `npm view ${packageName} versions`)
  return answer.value
}

/** What npm's own cache knows, on a machine that had the network once and not since; undefined when it knows nothing. */
async function rememberedByNpm(
  packageName: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | undefined> {
  try {
    const answer = await npmVersions(await findNpm(), packageName, { signal, offline: true })
    return answer.ok ? answer.value : undefined
  } catch {
    // No npm at all; why it could not be asked in the first place is what the caller throws.
    return undefined
  }
}

async function keep(
  { enginesDirectory, packageName }: Source,
  file: string,
  versions: readonly string[],
): Promise<void> {
  const fetchedAt = new Date().toISOString()
  const text = JSON.stringify({ formatVersion: 1, packageName, fetchedAt, versions }, undefined, 2)
  await ensureDirectory(enginesDirectory, { mode: 0o755 })
  await writeAtomic(file, `${text}\n`, { mode: 0o644 })
}

/** A clock that was set back makes a file from the future, which is as good as stale. */
function ageMs(fetchedAt: string): number {
  const age = Date.now() - Date.parse(fetchedAt)
  return age < 0 ? Infinity : age
}
