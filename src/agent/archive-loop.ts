import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ArchiveProblem } from '../contract/backup.ts'
import { defaultBackupPolicy } from '../contract/backup-policy.ts'
import type { ArchiveDocument, LineageDocument } from '../contract/documents/lineage.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { archiveNews } from '../core/policy/archive-news.ts'
import { STUCK_MS } from '../core/policy/backlog.ts'
import { stillGivenUp, withGivenUp } from '../core/policy/given-up.ts'
import { watchFolder } from '../system/watch-folder.ts'
import { ArchiveQuestion, lastKnown, PATIENCE, type Patience } from './ask-archive.ts'
import { BacklogKeeper } from './backlog.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout, subjectOf } from './layout.ts'
import { Wakeup } from './wakeup.ts'

export interface ArchivePace extends Patience {
  /** From a hint of the server's archive_status folder to the question: the time it needs from a segment's end to its copy. */
  readonly settledMs: number
  /** From one question to the next while the archive waits for something, has a trouble, or nothing gives hints. */
  readonly busyMs: number
  readonly calmMs: number
  /** A document that is older tells that nobody looks any more. */
  readonly writtenMs: number
  /** For a question that is under way at the end. */
  readonly lastMs: number
  /** For so long nothing must have moved before WAL is given up. */
  readonly stuckMs: number
}

const PACE: ArchivePace = {
  ...PATIENCE,
  settledMs: 1000,
  busyMs: 4000,
  calmMs: 60_000,
  writtenMs: 60_000,
  lastMs: 3000,
  stuckMs: STUCK_MS,
}

/** Has one lineage's engine take in what its server archived, and keeps the document of what is there. */
export class ArchiveLoop {
  readonly #id: string
  readonly #instance: readonly [string, string]
  readonly #env: AgentEnvironment
  readonly #pace: ArchivePace
  readonly #question: ArchiveQuestion
  readonly #backlog: BacklogKeeper
  #last: ArchiveDocument | undefined
  #writtenAtMs = -Infinity

  /** `instance`: the project and service whose server writes to it. */
  constructor(id: string, instance: readonly [string, string], env: AgentEnvironment, pace = PACE) {
    this.#id = id
    this.#instance = instance
    this.#env = env
    this.#pace = pace
    this.#question = new ArchiveQuestion(env, pace)
    this.#backlog = new BacklogKeeper(env, pace.stuckMs)
  }

  /** Until `signal` aborts. A question that is under way then is waited for a little: it writes to the archive. */
  async run(signal: AbortSignal): Promise<void> {
    const { documents } = this.#env
    this.#last = (await documents.archives.get(this.#id))?.value
    const wakeup = new Wakeup()
    const wake = (): void => wakeup.wake()
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(wake()), { once: true })
    })
    let asked: Promise<void> | undefined
    while (!signal.aborted) {
      const member = await this.#member()
      // In place before the question, so that what comes meanwhile is not missed.
      using status = watchFolder(archiveStatus(member), wake)
      asked = member && this.#ask(member, signal)
      await Promise.race([asked, aborted])
      if (signal.aborted) break
      await wakeup.wait(status.works && this.#isCalm ? this.#pace.calmMs : this.#pace.busyMs)
      // The server needs a moment from a segment's end to its copy; and one that writes much ends many.
      await Promise.race([pause(this.#pace.settledMs), aborted])
    }
    await Promise.race([asked, pause(this.#pace.lastMs)])
  }

  get #isCalm(): boolean {
    if (!this.#last || this.#question.isFailing) return false
    const { backlog, problems } = this.#last
    return backlog.segments === 0 && !problems.some(({ kind }) => passes.includes(kind))
  }

  /** Whose server writes to it. Names and their data may part, so both documents must say so. */
  async #member(): Promise<MemberDocument | undefined> {
    const { instances, members } = this.#env.documents
    const instance = (await instances.get(...this.#instance))?.value
    const member = (await members.get(...this.#instance, '0'))?.value
    const isIts = instance?.lineage === this.#id && member?.instanceId === instance.id
    return isIts ? member : undefined
  }

  async #ask(member: MemberDocument, signal: AbortSignal): Promise<void> {
    const lineage = (await this.#env.documents.lineages.get(this.#id))?.value
    // After a swap the name has another server for the moment until this loop ends: its WAL is not ours.
    if (lineage?.instanceId !== member.instanceId) return
    await this.#mindBacklog(lineage, member)
    const archive = await this.#question.ask(lineage, member, this.#last)
    if (!archive || signal.aborted) return
    const problems = withGivenUp(archive.problems, await this.#givenUp(archive.problems))
    await this.#keep(lineage, { ...archive, problems })
  }

  /** Before the question, which may take its time: nobody is to wait for an archive while the disk fills up. */
  async #mindBacklog(lineage: LineageDocument, member: MemberDocument): Promise<void> {
    const instance = (await this.#env.documents.instances.get(...this.#instance))?.value
    const policy = instance?.backups ?? defaultBackupPolicy
    try {
      const step = await this.#backlog.look(member, policy)
      if (step?.problem) {
        const known = lastKnown(lineage, this.#last)
        const problems = withGivenUp(known.problems, [
          ...known.problems.filter(isGivenUp),
          step.problem,
        ])
        await this.#keep(lineage, { ...known, problems })
      }
      await step?.act()
    } catch (error) {
      // What waits still waits, and is looked at again with the next question.
      this.#env.log('backlog not minded', { lineage: this.#id, error })
    }
  }

  /** What was given up and still matters: nobody but this document knows of it. `problems`: as the archive has them now. */
  async #givenUp(problems: readonly ArchiveProblem[]): Promise<ArchiveProblem[]> {
    const given = this.#last?.problems.filter(isGivenUp) ?? []
    if (given.length === 0) return given
    const backups = await this.#env.documents.backups.list(this.#id)
    return stillGivenUp(
      given,
      backups.map((b) => b.value),
      problems,
    )
  }

  async #keep(lineage: LineageDocument, archive: ArchiveDocument): Promise<void> {
    const before = this.#last
    const isOld = performance.now() - this.#writtenAtMs >= this.#pace.writtenMs
    if (before && !isOld && isSame(before, archive)) return
    const { store, documents, event } = this.#env
    await store.write([documents.archives.put([this.#id], archive)])
    this.#last = archive
    this.#writtenAtMs = performance.now()
    const subject = subjectOf(lineage)
    for (const news of archiveNews(subject, before?.problems ?? [], archive.problems)) {
      event({ ...news, subject })
    }
  }
}

const pause = (ms: number): Promise<void> => delay(ms, undefined, { ref: false })

const isGivenUp = ({ kind }: ArchiveProblem): boolean => kind === 'given-up'

/** Troubles that may pass from one moment to the next; what is lost stays lost. */
const passes: readonly ArchiveProblem['kind'][] = ['late', 'unreachable']

const archiveStatus = (member: MemberDocument | undefined): string =>
  member ? join(layout(member).data, 'pg_wal', 'archive_status') : ''

const isSame = (a: ArchiveDocument, b: ArchiveDocument): boolean =>
  JSON.stringify({ ...a, checkedAt: '' }) === JSON.stringify({ ...b, checkedAt: '' })
