import type { Engine, EngineOffer } from '../contract/engine.ts'
import type { VersionWanted } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import { missingExtensions } from './extension-source.ts'

/** The engine that a wish comes down to. */
export interface EngineChoice {
  readonly id: string
  readonly major: number
  readonly minor: number
  /** Undefined when it has to be fetched first. */
  readonly engine: Engine | undefined
  /** What the user should know of the choice: that nobody named a version. */
  readonly sentence: string | undefined
}

interface Circumstances {
  /** Extensions that the image promises: of engines that fit, one that has them is preferred. */
  readonly extensions?: readonly string[]
  /** Why there are no offers, when that is not just that nobody asked. */
  readonly noOffers?: string | undefined
}

/**
 * Which engine to use: of those installed that fit, the one with the promised extensions, then the system's, then the newest; else
 * the newest offer that fits. A wish without a minor is met by what is installed, so that a second `up` neither fetches nor changes
 * anything; a wish without a major is for the newest of all. Throws ENGINE_UNAVAILABLE, naming the nearest versions.
 */
export function chooseEngine(
  wanted: VersionWanted,
  installed: readonly Engine[],
  offers: readonly EngineOffer[],
  { extensions = [], noOffers }: Circumstances = {},
): EngineChoice {
  const major = wanted.major ?? newestMajor([...installed, ...offers])
  const fits = (version: Version): boolean =>
    version.major === major && (wanted.minor === undefined || version.minor === wanted.minor)
  const sentence =
    wanted.major === undefined
      ? `no version is named, so it is the newest that can run here: Postgres ${major}`
      : undefined
  const engine = installed.filter(fits).toSorted(byPreference(extensions))[0]
  if (engine) return { ...versionOf(engine), id: engine.id, engine, sentence }
  const offer = offers.filter(fits).toSorted(newestFirst)[0]
  if (offer) return { ...versionOf(offer), id: offer.id, engine: undefined, sentence }
  throw unavailable(wanted, [...installed, ...offers], noOffers)
}

/**
 * The installed engine that took the place of one that is gone. Packages of the system replace a minor by the next one in the same
 * folder, so `system-16.4` may be `system-16.5` today. Npm engines stay until they are removed.
 */
export function successorOf(id: string, installed: readonly Engine[]): Engine | undefined {
  const [, kind, major] = /^(system|npm)-(\d+)\.\d+$/.exec(id) ?? []
  if (kind !== 'system') return undefined
  const candidates = installed.filter(
    (engine) => engine.kind === kind && engine.major === Number(major),
  )
  return candidates.toSorted(newestFirst)[0]
}

interface Version {
  readonly major: number
  readonly minor: number
}

function versionOf({ major, minor }: Version): Version {
  return { major, minor }
}

function newestMajor(versions: readonly Version[]): number | undefined {
  return versions.toSorted(newestFirst)[0]?.major
}

function newestFirst(a: Version, b: Version): number {
  return b.major - a.major || b.minor - a.minor
}

function byPreference(extensions: readonly string[]): (a: Engine, b: Engine) => number {
  const missing = (engine: Engine): number => missingExtensions(engine, extensions).length
  const foreign = (engine: Engine): number => (engine.kind === 'system' ? 0 : 1)
  return (a, b) => missing(a) - missing(b) || foreign(a) - foreign(b) || newestFirst(a, b)
}

function unavailable(
  wanted: VersionWanted,
  known: readonly Version[],
  noOffers: string | undefined,
): AppError {
  const name =
    wanted.major === undefined
      ? 'Postgres'
      : `Postgres ${[wanted.major, wanted.minor].filter((part) => part !== undefined).join('.')}`
  const nearest = nearestTo(wanted, known)
  const rest =
    nearest.length > 0
      ? `the nearest that can be had are ${nearest.join(', ')}`
      : 'no other version can be had either'
  const why = noOffers === undefined ? '' : ` (${noOffers})`
  return new AppError('ENGINE_UNAVAILABLE', `${name} cannot be had here; ${rest}${why}`, {
    details: { wanted, nearest },
  })
}

/** Up to three of the same major around the minor that was asked for, else every major. */
function nearestTo({ major, minor = 0 }: VersionWanted, known: readonly Version[]): string[] {
  const sameMajor = known
    .filter((version) => version.major === major)
    .toSorted((a, b) => Math.abs(a.minor - minor) - Math.abs(b.minor - minor))
    .map((version) => `${version.major}.${version.minor}`)
  if (sameMajor.length > 0) return [...new Set(sameMajor)].slice(0, 3)
  const majors = known.map((version) => version.major).toSorted((a, b) => a - b)
  return [...new Set(majors)].map(String)
}
