import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ArchiveProblem } from '../contract/backup.ts'
import { defaultBackupPolicy } from '../contract/backup-policy.ts'
import type { ArchiveDocument, LineageDocument } from '../contract/documents/lineage.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { archiveNews } from '../core/policy/archive-news.ts'
import { stillGivenUp, withGivenUp } from '../core/policy/given-up.ts'
import { withKnownUntil } from '../core/wal/known-until.ts'
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
  /** From one look at what waits to the next: while something does, and from half of what may wait on. */
  readonly waitingMs: number
  readonly fillingMs: number
}

const PACE: ArchivePace = {
  ...PATIENCE,
  settledMs: 1000,
  busyMs: 4000,
  calmMs: 60_000,
  writtenMs: 60_000,
  lastMs: 3000,
  waitingMs: 1000,
  fillingMs: 250,
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
  #hasHints = false
  /** What waits is on its way to what may wait. */
  #filling: ArchiveProblem | undefined
  /** The document is of two loops, one after the other. */
  #turn: Promise<void> = Promise.resolve()

  /** `instance`: the project and service whose server writes to it. */
  constructor(id: string, instance: readonly [string, string], env: AgentEnvironment, pace = PACE) {
    this.#id = id
    this.#instance = instance
    this.#env = env
    this.#pace = pace
    this.#question = new ArchiveQuestion(env, pace)
    this.#backlog = new BacklogKeeper(env)
  }

  /** Until `signal` aborts. A question that is under way then is waited for a little: it writes to the archive. */
  async run(signal: AbortSignal): Promise<void> {
    const { documents } = this.#env
    this.#last = (await documents.archives.get(this.#id))?.value
    const wakeup = new Wakeup()
    const minding = new Wakeup()
    const wake = (): void => {
      wakeup.wake()
      minding.wake()
    }
    const minded = this.#mindBacklog(minding, signal)
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(wake()), { once: true })
    })
    let asked: Promise<void> | undefined
    while (!signal.aborted) {
      const member = await this.#member()
      // In place before the question, so that what comes meanwhile is not missed.
      using status = watchFolder(archiveStatus(member), wake)
      this.#hasHints = status.works
      minding.wake()
      asked = member && this.#ask(member, signal)
      await Promise.race([asked, aborted])
      if (signal.aborted) break
      await wakeup.wait(status.works && this.#isCalm ? this.#pace.calmMs : this.#pace.busyMs)
      // The server needs a moment from a segment's end to its copy; and one that writes much ends many.
      await Promise.race([pause(this.#pace.settledMs), aborted])
    }
    await Promise.race([Promise.all([asked, minded]), pause(this.#pace.lastMs)])
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
    const seen = await this.#question.ask(lineage, member, this.#last)
    if (!seen || signal.aborted) return
    const archive = withKnownUntil(seen, this.#last)
    await this.#inTurn(async () => {
      const found = withFilling(archive.problems, this.#filling)
      const problems = withGivenUp(found, await this.#givenUp(found))
      await this.#keep(lineage, { ...archive, problems })
    })
  }

  /** Beside the question, which may take its time: nobody is to wait for an archive while the disk fills up. */
  async #mindBacklog(wakeup: Wakeup, signal: AbortSignal): Promise<void> {
    const { waitingMs, fillingMs, calmMs, busyMs } = this.#pace
    while (!signal.aborted) {
      const waits = await this.#lookAtBacklog()
      const restMs = this.#hasHints ? calmMs : busyMs
      const nextMs = this.#filling ? fillingMs : waits ? waitingMs : restMs
      const isHint = await wakeup.wait(nextMs)
      // One that writes much gives many hints.
      if (isHint && !signal.aborted) await pause(fillingMs)
    }
  }

  /** Whether something waits. */
  async #lookAtBacklog(): Promise<boolean> {
    try {
      const member = await this.#member()
      const lineage = member && (await this.#env.documents.lineages.get(this.#id))?.value
      if (!member || lineage?.instanceId !== member.instanceId) return false
      const instance = (await this.#env.documents.instances.get(...this.#instance))?.value
      const policy = instance?.backups ?? defaultBackupPolicy
      const { waitingBytes, filling, step } = await this.#backlog.look(member, policy)
      await this.#inTurn(() => this.#tellBacklog(lineage, filling, step?.problem))
      await step?.act()
      return waitingBytes > 0
    } catch (error) {
      // What waits still waits, and is looked at again.
      this.#env.log('backlog not minded', { lineage: this.#id, error })
      return true
    }
  }

  async #tellBacklog(
    lineage: LineageDocument,
    filling: ArchiveProblem | undefined,
    gap: ArchiveProblem | undefined,
  ): Promise<void> {
    const isNews = filling !== undefined && this.#filling === undefined
    this.#filling = filling
    // That it is over is seen with the next answer of the archive.
    if (!isNews && !gap) return
    const known = lastKnown(lineage, this.#last)
    const given = known.problems.filter(isGivenUp)
    const found = withFilling(known.problems, filling)
    await this.#keep(lineage, {
      ...known,
      problems: withGivenUp(found, gap ? [...given, gap] : given),
    })
  }

  /** One after the other; a failure holds nobody up. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {
      // Whoever asked for it has its failure.
    })
    return done
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

/** That WAL waits is told once, in the words of who knows more. */
const withFilling = (
  problems: readonly ArchiveProblem[],
  filling: ArchiveProblem | undefined,
): ArchiveProblem[] =>
  filling && !problems.some(({ kind }) => kind === 'late') ? [...problems, filling] : [...problems]

const isGivenUp = ({ kind }: ArchiveProblem): boolean => kind === 'given-up'

/** Troubles that may pass from one moment to the next; what is lost stays lost. */
const passes: readonly ArchiveProblem['kind'][] = ['late', 'unreachable']

const archiveStatus = (member: MemberDocument | undefined): string =>
  member ? join(layout(member).data, 'pg_wal', 'archive_status') : ''

const isSame = (a: ArchiveDocument, b: ArchiveDocument): boolean =>
  JSON.stringify({ ...a, checkedAt: '' }) === JSON.stringify({ ...b, checkedAt: '' })
