import type { ArchiveProblem } from '../contract/backup.ts'
import type { BackupPolicy } from '../contract/backup-policy.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { describeBytes } from '../core/describe-bytes.ts'
import { backlogBound, isFilling, STUCK_MS } from '../core/policy/backlog.ts'
import { freeBytes } from '../system/disk.ts'
import { readText, removeTree, writeAtomic } from '../system/files.ts'
import { endArchiveCommand } from '../system/tools/archiver.ts'
import { readArchiveStatus, type WaitingFile } from '../system/tools/archive-status.ts'
import { findRunningServer } from '../system/tools/running-server.ts'
import { asSuperuser } from './as-superuser.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'
import { writeMemberFiles } from './member-files.ts'
import { reloadServer } from './server.ts'

/** What is to happen to WAL that waits. */
export interface BacklogStep {
  /** What people are told first. */
  readonly problem?: ArchiveProblem
  /** What is done after that. */
  readonly act: () => Promise<void>
}

/** What waits, and what is to be done now. */
export interface BacklogSeen {
  readonly waitingBytes: number
  /** Said while it is on its way to the bound. */
  readonly filling: ArchiveProblem | undefined
  /** Undefined while all goes on as it does. */
  readonly step: BacklogStep | undefined
}

/** Looks at the WAL of one server that waits to be archived, and gives it up beyond `backlogBound`. */
export class BacklogKeeper {
  readonly #env: AgentEnvironment
  #oldest: { readonly name: string; readonly sinceMs: number } | undefined
  #filling: ArchiveProblem | undefined
  #toldServerAtMs = -Infinity
  #begunAtMs = -Infinity
  #unblockedAtMs = -Infinity

  constructor(env: AgentEnvironment) {
    this.#env = env
  }

  async look(member: MemberDocument, policy: BackupPolicy): Promise<BacklogSeen> {
    const { data, givenUp } = layout(member)
    const { waiting } = await readArchiveStatus(data)
    const stuckMs = this.#stuckMs(waiting)
    const waitingBytes = waiting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const boundBytes = backlogBound({ waitingBytes, freeBytes: freeBytes(data) }, policy)
    const given = (await readText(givenUp))?.split('\n')
    if (given) {
      const left = waiting.some(({ name }) => given.includes(name))
      const act = () => (left ? this.#goOn(member, stuckMs) : this.#finish(member))
      return { waitingBytes, filling: this.#filling, step: { act } }
    }
    const isTold = this.#filling !== undefined
    if (!isFilling(waitingBytes, boundBytes, isTold)) this.#filling = undefined
    else this.#filling ??= fillingUp(waiting, waitingBytes, boundBytes)
    const seen = { waitingBytes, filling: this.#filling, step: undefined }
    // One that is stopped writes nothing, and has its archive back when it starts.
    if (waitingBytes <= boundBytes || !(await findRunningServer(data))) return seen
    const problem = gap(waiting, waitingBytes, stuckMs)
    return { ...seen, step: { problem, act: () => this.#begin(member, waiting) } }
  }

  /** For how long the oldest has been so, on a clock that nobody sets. */
  #stuckMs([oldest]: readonly WaitingFile[]): number {
    const nowMs = performance.now()
    if (oldest?.name !== this.#oldest?.name) {
      this.#oldest = oldest && { name: oldest.name, sinceMs: nowMs }
    }
    return this.#oldest ? nowMs - this.#oldest.sinceMs : 0
  }

  /** The list first: a server that reads its settings anew finds it. */
  async #begin(member: MemberDocument, waiting: readonly WaitingFile[]): Promise<void> {
    const names = waiting.map(({ name }) => `${name}\n`).join('')
    const owner = this.#env.account
    await writeAtomic(layout(member).givenUp, names, { mode: 0o600, owner })
    await this.#tellServer(member)
    this.#begunAtMs = performance.now()
  }

  /** The server has read its settings long ago; one whose command hangs has not. */
  async #goOn(member: MemberDocument, stuckMs: number): Promise<void> {
    const nowMs = performance.now()
    if (nowMs - this.#toldServerAtMs >= TELL_AGAIN_MS) await this.#tellServer(member)
    const hangsMs = Math.min(stuckMs, nowMs - this.#begunAtMs)
    if (hangsMs < HANGS_MS || nowMs - this.#unblockedAtMs < UNBLOCK_AGAIN_MS) return
    this.#unblockedAtMs = nowMs
    const server = await findRunningServer(layout(member).data)
    if (server) endArchiveCommand(server.pid)
  }

  async #finish(member: MemberDocument): Promise<void> {
    await removeTree(layout(member).givenUp)
    await this.#tellServer(member)
    await this.#freeDisk(member)
  }

  async #tellServer(member: MemberDocument): Promise<void> {
    await writeMemberFiles(member, this.#env)
    await reloadServer(member)
    this.#toldServerAtMs = performance.now()
  }

  /** A checkpoint removes what needs no archiving any more, and the next one may be far away. */
  async #freeDisk(member: MemberDocument): Promise<void> {
    try {
      await asSuperuser(member, (sql) => sql.exec('checkpoint'))
    } catch (error) {
      const { directory } = member
      // The server makes one by itself, within checkpoint_timeout.
      this.#env.log('no checkpoint after WAL was given up', { directory, error })
    }
  }
}

/** A server that did not hear of the list the first time is told again so often. */
const TELL_AGAIN_MS = 4000
/** To find a name in a list takes milliseconds: what runs for longer is the command of before. */
const HANGS_MS = 2000
/** An archiver whose command was ended ends too, and its server starts the next within 10 s (PGARCH_RESTART_INTERVAL). */
const UNBLOCK_AGAIN_MS = 12_000

function fillingUp(
  waiting: readonly WaitingFile[],
  bytes: number,
  boundBytes: number,
): ArchiveProblem {
  const sentence =
    `${filesOf(waiting, bytes)} wait to be archived; ` +
    `when more than ${describeBytes(boundBytes)} does, what waits is given up and its moments cannot be restored`
  return problemOf('late', waiting, sentence)
}

function gap(waiting: readonly WaitingFile[], bytes: number, stuckMs: number): ArchiveProblem {
  const first = waiting[0]?.name ?? ''
  const last = waiting.at(-1)?.name ?? ''
  const why =
    stuckMs >= STUCK_MS ? 'archiving fails' : 'archiving does not keep up with what is written'
  const sentence =
    `${why} and the disk is not to fill up, so ${filesOf(waiting, bytes)}, ${first} to ${last}, ` +
    'are given up: no moment in them can be restored, nor one after them before the next base backup'
  return { ...problemOf('given-up', waiting, sentence), last }
}

const filesOf = ({ length }: readonly WaitingFile[], bytes: number): string =>
  `${length === 1 ? '1 WAL file' : `${length} WAL files`} (${describeBytes(bytes)})`

const problemOf = (
  kind: ArchiveProblem['kind'],
  [first]: readonly WaitingFile[],
  sentence: string,
): ArchiveProblem => ({
  kind,
  segment: first?.name ?? '',
  sentence,
  since: new Date().toISOString(),
})
