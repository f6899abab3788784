import type { MemberDocument } from '../contract/documents/member.ts'
import type { Engine, EngineOffer } from '../contract/engine.ts'
import type { Endpoint } from '../contract/instance.ts'
import type { VersionWanted } from '../contract/project.ts'
import type { ExportFacts } from '../core/config/export-files.ts'
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
  /** Where a lineage's backups and WAL go. */
  placeLineage(id: string): string
  placeMember(instanceId: string, project: string, service: string, index: string): Placement
  /** Accounts of this host that may enter a server over its socket. */
  socketAccounts(): string[]

  /** A session on a member as our superuser, or as `role`, over its socket. */
  session(member: MemberDocument, options: { database: string; role?: string }): Promise<Session>
  /** Puts a member's data on the disk, which a new server does not wait for. */
  syncData(member: MemberDocument, watch: Watch): Promise<void>
  /** Runs a SQL script as `role`, statement by statement; SCRIPT_FAILED with its name and line. */
  runScript(member: MemberDocument, script: Script, as: ScriptRun, watch: Watch): Promise<void>
  /** Runs an image's start scripts as `role`; INIT_SCRIPT_FAILED with file and line. */
  runInitFiles(
    member: MemberDocument,
    files: readonly InitFile[],
    as: InitRun,
    watch: Watch,
  ): Promise<void>

  /** Copies a running member's data by the low-level backup API. What stood at `target` goes first. */
  copyRunning(
    member: MemberDocument,
    target: string,
    watch: Watch,
    manner?: CopyManner,
  ): Promise<RunningCopy>
  /** The same of a member that is stopped, and stays so. SOURCE_CHANGED when it did not: a copy by the server is whole then. */
  copyStopped(member: MemberDocument, target: string, watch: Watch): Promise<StoppedCopy>
  /** Whether a stopped member's server shut down in order, which is when it hands its last WAL over; true without data. */
  endedInOrder(member: MemberDocument): Promise<boolean>
  /** Where a copy is made that becomes a member's data: beside the members, so that it needs only to be moved. */
  placeCopy(id: string): string
  removeCopy(id: string): Promise<void>
  /** Whether a copy of a member's data shares its blocks, as far as the file system says. */
  sharesBlocks(): Promise<boolean>
  /** Whether an export can go there: USAGE when something is there already, or its parent is not. */
  expectExportPlace(directory: string): Promise<void>
  /**
   * Makes a plain data directory of a member's data, which stock Postgres starts. Repeated with `resumed` after it died.
   * SOURCE_CHANGED when a stopped server was started meanwhile, or did not stop in order.
   */
  exportData(member: MemberDocument, asked: DataExport, watch: Watch): Promise<Exported>
  /** Removes what a failed export has left. */
  removeExport(inTheMaking: string): Promise<void>
  /** Reads every page of the data of a member whose server was shut down, and compares it with its checksum. */
  checkPages(member: MemberDocument, watch: Watch): Promise<PagesRead>
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

/** What a copy of a running server may cost that server; as fast as it can be unless said. */
export interface CopyManner {
  /** Only the processor and disk that others leave. */
  readonly background?: boolean
  /** The checkpoint that it begins with is spread over minutes, as a usual one is. */
  readonly spread?: boolean
}

/** A physical copy of a running server. WAL from the start to the stop, which is in it, makes it consistent. */
export interface RunningCopy {
  /** Bytes in the copied files, shared or not. */
  readonly sizeBytes: number
  /** Whether every file shares its blocks with the original. */
  readonly reflinked: boolean
  readonly timeline: number
  /** As Postgres writes them: `0/3000028`. */
  readonly startLsn: string
  readonly stopLsn: string
  /** The first and the last WAL file that it needs: 24 hexadecimal digits. */
  readonly startSegment: string
  readonly stopSegment: string
  /** ISO 8601 by the server's clock. Recovery can stop at any moment from `stoppedAt` on. */
  readonly startedAt: string
  readonly stoppedAt: string
}

export interface PagesRead {
  readonly files: number
  readonly pages: number
  readonly bytes: number
  readonly damaged: readonly DamagedPage[]
}

export interface DamagedPage {
  /** From the data directory: `base/5/16384`. */
  readonly file: string
  /** Its number in the relation. */
  readonly block: number
}

export interface DataExport {
  /** Absolute; must not exist, and its parent must. */
  readonly directory: string
  /** A folder beside it, of this export alone. */
  readonly inTheMaking: string
  /** Whether its server runs. */
  readonly running: boolean
  /** It was begun before and may have been finished. */
  readonly resumed: boolean
  /** Name of the account that the files are to belong to; unset: the one that servers run as. */
  readonly owner?: string | undefined
  readonly facts: Pick<
    ExportFacts,
    'project' | 'service' | 'version' | 'user' | 'database' | 'settings'
  >
}

export interface Exported {
  readonly sizeBytes: number
  /** Who the files belong to. */
  readonly account: string
}

/** A physical copy of a stopped server. */
export interface StoppedCopy {
  readonly sizeBytes: number
  readonly reflinked: boolean
  readonly timeline: number
  /** Of the checkpoint that it stopped with. */
  readonly lsn: string
}

export interface Watch {
  readonly signal: AbortSignal
  readonly report: (progress: string) => void
}

export interface Script {
  /** What its errors call it. */
  readonly name: string
  readonly text: string
}

export interface ScriptRun {
  readonly role: string
  readonly database: string
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
