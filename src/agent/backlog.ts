import type { ArchiveProblem } from '../contract/backup.ts'
import type { BackupPolicy } from '../contract/backup-policy.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { SUPERUSER } from '../core/config/hba.ts'
import { describeBytes } from '../core/describe-bytes.ts'
import { superuserSettings } from '../core/sql/superuser-session.ts'
import { isHopeless } from '../core/policy/backlog.ts'
import { freeBytes } from '../system/disk.ts'
import { readText, removeTree, writeAtomic } from '../system/files.ts'
import { endArchiveCommand } from '../system/tools/archiver.ts'
import { readArchiveStatus, type WaitingFile } from '../system/tools/archive-status.ts'
import { connect } from '../system/tools/postgres.ts'
import { findRunningServer } from '../system/tools/running-server.ts'
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

/** Looks at the WAL of one server that waits to be archived, and gives it up as `isHopeless` says. */
export class BacklogKeeper {
  readonly #env: AgentEnvironment
  readonly #patienceMs: number
  #oldest: { readonly name: string; readonly sinceMs: number } | undefined

  /** `patienceMs`: for so long nothing must have moved. */
  constructor(env: AgentEnvironment, patienceMs: number) {
    this.#env = env
    this.#patienceMs = patienceMs
  }

  /** What is to be done now; undefined while all goes on as it does. */
  async look(member: MemberDocument, policy: BackupPolicy): Promise<BacklogStep | undefined> {
    const { data, givenUp } = layout(member)
    const { waiting } = await readArchiveStatus(data)
    const stuckMs = this.#stuckMs(waiting)
    const given = (await readText(givenUp))?.split('\n')
    if (given) {
      const left = waiting.some(({ name }) => given.includes(name))
      const act = () => (left ? this.#goOn(member, stuckMs) : this.#finish(member))
      return { act }
    }
    const waitingBytes = waiting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const backlog = { waitingBytes, stuckMs, freeBytes: freeBytes(data) }
    if (!isHopeless(backlog, policy, this.#patienceMs)) return undefined
    // One that is stopped writes nothing, and has its archive back when it starts.
    if (!(await findRunningServer(data))) return undefined
    return { problem: gap(waiting, waitingBytes), act: () => this.#begin(member, waiting) }
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
    await this.#unblock(member)
  }

  /** The server has read its settings long ago; one whose command hangs has not. */
  async #goOn(member: MemberDocument, stuckMs: number): Promise<void> {
    await this.#tellServer(member)
    if (stuckMs >= UNBLOCK_MS) await this.#unblock(member)
  }

  async #finish(member: MemberDocument): Promise<void> {
    await removeTree(layout(member).givenUp)
    await this.#tellServer(member)
    await this.#freeDisk(member)
  }

  async #tellServer(member: MemberDocument): Promise<void> {
    await writeMemberFiles(member, this.#env)
    await reloadServer(member)
  }

  async #unblock(member: MemberDocument): Promise<void> {
    const server = await findRunningServer(layout(member).data)
    if (server) endArchiveCommand(server.pid)
  }

  /** A checkpoint removes what needs no archiving any more, and the next one may be far away. */
  async #freeDisk(member: MemberDocument): Promise<void> {
    const { socketDirectory, endpoint, directory, engine } = member
    try {
      const sql = await connect({
        socketDirectory,
        port: endpoint.port,
        user: SUPERUSER,
        database: 'postgres',
        applicationName: 'howdah',
        settings: superuserSettings(engine.major),
      })
      try {
        await sql.exec('checkpoint')
      } finally {
        await sql.close()
      }
    } catch (error) {
      // The server makes one by itself, within checkpoint_timeout.
      this.#env.log('no checkpoint after WAL was given up', { directory, error })
    }
  }
}

/** A command that copies one file is done long before; one that hangs is ended so often. */
const UNBLOCK_MS = 30_000

function gap(waiting: readonly WaitingFile[], bytes: number): ArchiveProblem {
  const first = waiting[0]?.name ?? ''
  const last = waiting.at(-1)?.name ?? ''
  const files = waiting.length === 1 ? '1 WAL file' : `${waiting.length} WAL files`
  const sentence =
    `archiving fails and the disk is not to fill up, so ${files} (${describeBytes(bytes)}), ${first} to ${last}, ` +
    'are given up: no moment in them can be restored, nor one after them before the next base backup'
  return { kind: 'given-up', segment: first, last, sentence, since: new Date().toISOString() }
}
