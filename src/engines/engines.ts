import type { Engine, EngineOffer } from '../contract/engine.ts'
import type { VersionWanted } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import { chooseEngine, type EngineChoice } from './choose-engine.ts'
import { findSystemEngines } from './find-system-engines.ts'
import { installNpmEngine } from './install-npm-engine.ts'
import { findNpmEngines } from './npm-engines.ts'
import { npmOffers } from './npm-offers.ts'
import type { NpmPackage } from './npm-packages.ts'
import { npmPlatformHere } from './npm-platform.ts'
import { createSharedWork } from './shared-work.ts'
import { surveyOf, type BrokenEngine, type EngineSite, type Survey } from './survey.ts'

export interface Waiting {
  /** Gets a line when something that takes a while begins. */
  readonly onProgress?: ((line: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Wish extends Waiting {
  /** Extensions that the image promises; an engine that has them is preferred. */
  readonly extensions?: readonly string[] | undefined
}

/** The Postgres distributions of this machine. */
export interface Engines {
  /** Those that work. Runs no program unless something changed. */
  installed(): Promise<readonly Engine[]>
  /** Those that are there and do not work, each with its reason. */
  broken(): Promise<readonly BrokenEngine[]>
  /**
   * Every version that npm has for this machine; none where npm has none. From a file of the same day unless `refresh`. Throws
   * ENGINE_DOWNLOAD_FAILED when npm cannot be asked and never was (with `refresh`: cannot be asked now).
   */
  offers(options?: { refresh?: boolean; signal?: AbortSignal }): Promise<EngineOffer[]>
  /** The engine that a wish comes down to, without fetching it. Throws ENGINE_UNAVAILABLE, ENGINE_DOWNLOAD_FAILED. */
  choose(wanted: VersionWanted, wish?: Wish): Promise<EngineChoice>
  /** As `choose`, and fetches it when it is not here. Throws as `choose` and `install` do. */
  ensure(wanted: VersionWanted, wish?: Wish): Promise<Engine>
  /**
   * Fetches an npm engine, the newest minor unless one is named, and gives it. One that is there and works stays, unless `force`.
   * Throws ENGINE_UNAVAILABLE, ENGINE_DOWNLOAD_FAILED, ENGINE_BROKEN, DISK_FULL, HOME_UNUSABLE, OPERATION_CANCELLED.
   */
  install(wanted: VersionWanted, options?: Waiting & { readonly force?: boolean }): Promise<Engine>
  /** The engine of an id; undefined when it is not installed. Throws ENGINE_BROKEN. */
  find(id: string): Promise<Engine | undefined>
}

/** Nothing is looked at, and no folder made, before it is asked for. */
export function createEngines(site: EngineSite): Engines {
  const platform = npmPlatformHere()
  const share = createSharedWork<Engine>()

  async function survey(): Promise<Survey> {
    const found = await Promise.all([findSystemEngines(site), findNpmEngines(site)])
    return surveyOf(found.flat())
  }

  async function packagesOffered(refresh: boolean, signal?: AbortSignal) {
    if (platform.packageName === undefined) return { packages: [], fetchedNow: true }
    return npmOffers({ ...site, packageName: platform.packageName }, { refresh, signal })
  }

  async function choose(wanted: VersionWanted, wish: Wish = {}): Promise<EngineChoice> {
    const { engines, broken } = await survey()
    const circumstances = { extensions: wish.extensions ?? [], noOffers: platform.reason }
    const decide = (packages: readonly NpmPackage[]): EngineChoice =>
      chooseEngine(wanted, engines, toOffers(packages, engines), circumstances)
    const here = engines.some((engine) => satisfies(engine, wanted))
    if (here && wanted.major !== undefined) return decide([])
    const brokenOne = here ? undefined : broken.find(({ id }) => isMeant(id, wanted))
    if (brokenOne) throw brokenOne.error
    const offered = await packagesOffered(false, wish.signal).catch((error: unknown) => {
      // Without a version in the wish and without npm, the newest that is here is the newest that can run here.
      if (here && AppError.from(error).code === 'ENGINE_DOWNLOAD_FAILED') return undefined
      throw error
    })
    if (!offered) return decide([])
    const offersIt = offered.packages.some((offer) => satisfies(offer, wanted))
    if (offersIt || here || offered.fetchedNow) return decide(offered.packages)
    // The file may be older than the version.
    return decide((await packagesOffered(true, wish.signal)).packages)
  }

  async function install(
    wanted: VersionWanted,
    { force = false, ...waiting }: Waiting & { readonly force?: boolean } = {},
  ): Promise<Engine> {
    const target = await packageFor(wanted, waiting.signal)
    const id = idOf(target)
    // Who forces must not be given what somebody else, who did not, finds in place.
    return share(force ? `${id} again` : id, waiting, async ({ signal, report }) => {
      const before = await survey()
      const there = before.engines.find((engine) => engine.id === id)
      if (there && !force) return there
      const replace = force || before.broken.some((broken) => broken.id === id)
      const { packageName = '' } = platform
      await installNpmEngine(site, { packageName, package: target, replace, signal, report })
      const engine = await find(id)
      if (!engine) throw new AppError('ENGINE_BROKEN', `${id} is gone again after its installation`)
      return engine
    })
  }

  async function packageFor(wanted: VersionWanted, signal?: AbortSignal): Promise<NpmPackage> {
    let offered = await packagesOffered(false, signal)
    const isOffered = offered.packages.some((offer) => satisfies(offer, wanted))
    if (!isOffered && !offered.fetchedNow) offered = await packagesOffered(true, signal)
    const offers = toOffers(offered.packages, [])
    const { id } = chooseEngine(wanted, [], offers, { noOffers: platform.reason })
    const target = offered.packages.find((offer) => idOf(offer) === id)
    if (!target) throw new AppError('INTERNAL', `${id} was chosen and is not among the offers`)
    return target
  }

  async function find(id: string): Promise<Engine | undefined> {
    const { engines, broken } = await survey()
    const brokenOne = broken.find((one) => one.id === id)
    if (brokenOne) throw brokenOne.error
    return engines.find((engine) => engine.id === id)
  }

  return {
    installed: async () => (await survey()).engines,
    broken: async () => (await survey()).broken,
    offers: async ({ refresh = false, signal } = {}) => {
      const [{ packages }, { engines }] = await Promise.all([
        packagesOffered(refresh, signal),
        survey(),
      ])
      return toOffers(packages, engines)
    },
    choose,
    ensure: async (wanted, wish = {}) => {
      const { engine, major, minor } = await choose(wanted, wish)
      return engine ?? install({ major, minor }, wish)
    },
    install,
    find,
  }
}

function idOf({ major, minor }: NpmPackage): string {
  return `npm-${major}.${minor}`
}

function toOffers(packages: readonly NpmPackage[], engines: readonly Engine[]): EngineOffer[] {
  return packages.map((offer) => {
    const id = idOf(offer)
    const installed = engines.some((engine) => engine.id === id)
    return { id, major: offer.major, minor: offer.minor, installed }
  })
}

/** Whether a broken npm engine is one that the wish would be met by, if it worked. */
function isMeant(id: string | undefined, wanted: VersionWanted): boolean {
  const [major, minor] = (/^npm-(.*)$/.exec(id ?? '')?.[1] ?? '').split('.').map(Number)
  return major !== undefined && minor !== undefined && satisfies({ major, minor }, wanted)
}

function satisfies(
  version: { readonly major: number; readonly minor: number },
  wanted: VersionWanted,
): boolean {
  return (
    (wanted.major === undefined || wanted.major === version.major) &&
    (wanted.minor === undefined || wanted.minor === version.minor)
  )
}
