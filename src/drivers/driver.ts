import type { MemberDocument } from '../contract/documents/member.ts'
import type { Engine, EngineOffer } from '../contract/engine.ts'
import type { Endpoint } from '../contract/instance.ts'
import type { VersionWanted } from '../contract/project.ts'
import type { EngineChoice } from '../core/plan/engine-choice.ts'

/** What a provider can do, as data: the command line hides what is false. */
export interface Capabilities {
  readonly severalMembers: boolean
  readonly snapshots: boolean
  /** An instance gets an address of its own with the standard port. */
  readonly ownAddress: boolean
}

/** One provider of places for instances: this machine, a cluster, a cloud. All that it does is safe to repeat. */
export interface Driver {
  readonly kind: 'local' | 'fake'
  readonly can: Capabilities

  /** Which engine a service would get. ENGINE_UNAVAILABLE when none can run here. Fetches nothing but a list. */
  chooseEngine(wanted: VersionWanted, extensions: readonly string[]): Promise<EngineChoice>
  /** The same for one engine of this host; undefined when it is not here any more. */
  installedEngine(
    engineId: string,
    extensions: readonly string[],
  ): Promise<EngineChoice | undefined>
  /** The chosen engine, fetched when it is not here. */
  ensureEngine(
    choice: Pick<EngineChoice, 'major' | 'minor' | 'engineId'>,
    watch: Watch,
  ): Promise<Engine>
  /** Fetches an engine, anew when `force`d though it is here. */
  installEngine(wanted: VersionWanted, force: boolean, watch: Watch): Promise<Engine>
  /** The engines that are here. */
  engines(): Promise<Engine[]>
  /** Those that could be fetched. */
  engineOffers(): Promise<EngineOffer[]>
  /** When each setting of an engine takes effect: its name → `postmaster`, `sighup`, `user`, … */
  settingContexts(engineId: string): Promise<Record<string, string>>
  /** Asks the engine itself whether it would take this postgresql.conf; SETTING_INVALID with its words. */
  checkConf(engineId: string, conf: string): Promise<void>

  /** An address for a new instance that nobody has: the wanted port where possible. */
  reserveEndpoint(portWanted: number, taken: readonly Endpoint[]): Promise<Endpoint>
  /** Bytes of a member's folder; undefined when there is none. */
  sizeOf(directory: string): Promise<number | undefined>
  /** Where a member's files go. */
  placeMember(instanceId: string, project: string, service: string, index: string): Placement
  /** Accounts of this host that may enter a server over its socket. */
  socketAccounts(): string[]

  /** A session on a member as our superuser, or as `role`, over its socket. */
  session(member: MemberDocument, options: { database: string; role?: string }): Promise<Session>
  /** Puts a member's data on the disk, which a new server does not wait for. */
  syncData(member: MemberDocument, watch: Watch): Promise<void>
  /** Runs an image's start scripts as `role`; INIT_SCRIPT_FAILED with file and line. */
  runInitFiles(
    member: MemberDocument,
    files: readonly InitFile[],
    as: InitRun,
    watch: Watch,
  ): Promise<void>

  /** Copies a running member's data by the low-level backup API. What stood at `target` goes first. */
  copyRunning(member: MemberDocument, target: string, watch: Watch): Promise<{ sizeBytes: number }>
  /** Where a snapshot's data is, and where it is made. */
  placeSnapshot(name: string): { directory: string; inTheMaking: string }
  /** Puts a whole copy at its place, durably. */
  keepSnapshot(name: string): Promise<void>
  removeSnapshot(name: string): Promise<void>
}

export interface Placement {
  readonly directory: string
  readonly socketDirectory: string
  readonly certificateFile: string
}

export interface Watch {
  readonly signal: AbortSignal
  readonly report: (progress: string) => void
}

export interface InitFile {
  readonly name: string
  readonly path: string
}

export interface InitRun {
  readonly role: string
  readonly database: string
  /** For `.sh` scripts, which the image gives POSTGRES_PASSWORD. */
  readonly password: string
}

/** SQL on one connection. Failures are SQL_FAILED with `details.sqlstate`. */
export interface Session {
  query<T>(text: string, values?: readonly unknown[]): Promise<T[]>
  /** Runs `COPY … FROM stdin` with this data. */
  copyIn(text: string, data: string): Promise<void>
  close(): Promise<void>
}
