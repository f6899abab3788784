import type { MemberDocument, MemberProgress } from '../contract/documents/member.ts'
import {
  type MemberMemory,
  type MemberSeen,
  type MemberStep,
  nextStep,
  retryDelayMs,
} from '../core/plan/converge-member.ts'
import { isScratch } from '../core/plan/scratch-member.ts'
import { AppError } from '../errors/app-error.ts'
import { removeTree } from '../system/files.ts'
import { removeMember } from './remove-member.ts'
import { identify, isAlive, type ProcessIdentity } from '../system/processes.ts'
import { createData, dataError } from './create-data.ts'
import { Doorman } from './doorman.ts'
import type { AgentEnvironment } from './environment.ts'
import { memberId, subjectOf } from './layout.ts'
import { writeMemberFiles } from './member-files.ts'
import { memberStatus } from './member-status.ts'
import { observeMember } from './observe-member.ts'
import { ReplayProgress } from './replay-progress.ts'
import { endStrays, isToRecover, reloadServer, startServer, stopServer } from './server.ts'
import { StatusWriter } from './status-writer.ts'
import { tellSleep, wake } from './wake.ts'
import { WalAhead } from './wal-ahead.ts'
import { Wakeup } from './wakeup.ts'

/** How often a running server is looked at; its death costs a person at most this long. */
const WATCH_MS = 250
/** Nothing tells of a certificate that runs out, or of a disk that is mounted again: so it is looked at anew. */
const RECHECK_MS = { rest: 60 * 60 * 1000, 'give-up': 5000 } as const
/** A server that ran this long has recovered: the next crash starts the delays afresh. */
const STABLE_MS = 60_000

/** Keeps one member as its document says, until stopped. Steps run one after another. */
export class MemberLoop {
  readonly #env: AgentEnvironment
  readonly #wakeup = new Wakeup()
  readonly #doorman = new Doorman(() => this.#wakeup.wake())
  #doc: MemberDocument
  #revision: number
  #memory: MemberMemory = { failures: 0, retryAtMs: 0 }
  #error: AppError | undefined
  #restarts = 0
  /** The server we last saw ready; when it is gone unasked, it crashed. */
  #server: ProcessIdentity | undefined
  #readySinceMs = 0
  /** Nothing was to be done when it was last looked at, and no server ran. */
  #rested = false
  readonly #status: StatusWriter
  readonly #walAhead: WalAhead
  /** Of a server that started before this daemon did. */
  readonly #replay = new ReplayProgress()
  /** Aborted when a newer document comes: a step that takes long is not waited for then. */
  #outdated = new AbortController()

  constructor(doc: MemberDocument, revision: number, env: AgentEnvironment) {
    this.#doc = doc
    this.#revision = revision
    this.#env = env
    this.#status = new StatusWriter(memberId(doc), env)
    this.#walAhead = new WalAhead(env)
  }

  /** A newer document: look again now, and forget why the last tries failed. */
  update(doc: MemberDocument, revision: number): void {
    if (revision <= this.#revision) return
    this.#revision = revision
    const asked =
      doc.restartGeneration !== this.#doc.restartGeneration || doc.wanted !== this.#doc.wanted
    if (doc.directory !== this.#doc.directory) this.#rested = false
    this.#doc = doc
    if (asked) this.#restarts = 0
    this.#memory = { failures: 0, retryAtMs: 0 }
    this.#error = undefined
    this.#outdated.abort()
    this.#outdated = new AbortController()
    this.#wakeup.wake()
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wakeup.wake(), { once: true })
    try {
      while (!signal.aborted) await this.#turn(signal)
    } finally {
      this.#doorman.end()
      await this.#walAhead.end()
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const doc = this.#doc
    const revision = this.#revision
    const current = AbortSignal.any([signal, this.#outdated.signal])
    const seen = await observeMember(doc, this.#env, {
      door: this.#doorman.state(doc),
      rested: this.#rested,
    })
    // Its name may be another member's by now, whose status this would hide.
    if (signal.aborted) return
    this.#noticeCrash(doc, seen)
    const step = nextStep(doc, seen, this.#memory, performance.now())
    this.#rested = (step.kind === 'rest' && step.state !== 'ready') || step.kind === 'wake'
    await this.#report(doc, revision, seen, step)
    if (step.kind === 'rest' && step.state === 'absent') {
      await this.#wakeup.wait()
    } else if (step.kind === 'rest' || step.kind === 'wait' || step.kind === 'give-up') {
      await this.#idle(step, seen, signal)
    } else {
      await this.#attempt(step, doc, current)
    }
  }

  #noticeCrash(doc: MemberDocument, seen: MemberSeen): void {
    if (seen.server.state === 'ready') {
      const { pid } = seen.server
      if (this.#server?.pid !== pid) {
        this.#server = identify(pid)
        this.#readySinceMs = performance.now()
        // A server that ran before this daemon did is no news.
        if (this.#status.isBegun)
          this.#tell('info', 'instance-ready', `${subjectOf(doc)} takes connections`)
      }
      this.#error = undefined
      if (performance.now() - this.#readySinceMs > STABLE_MS)
        this.#memory = { failures: 0, retryAtMs: 0 }
      return
    }
    if (!this.#server || seen.server.state !== 'stopped') return
    this.#server = undefined
    if (doc.wanted !== 'running') return
    this.#restarts++
    const { failures } = this.#memory
    const waitMs = failures === 0 ? 0 : retryDelayMs(failures)
    this.#memory = { failures: failures + 1, retryAtMs: performance.now() + waitMs }
    this.#tell(
      'error',
      'instance-crashed',
      `the server of ${subjectOf(doc)} died; starting it again`,
    )
  }

  async #idle(step: MemberStep, seen: MemberSeen, signal: AbortSignal): Promise<void> {
    const server = seen.server.state === 'stopped' ? undefined : identify(seen.server.pid)
    const untilMs = step.kind === 'wait' ? step.untilMs : undefined
    const isAsleep = step.kind === 'rest' && !server
    const looksMs = step.kind === 'wait' && !untilMs ? 20 : isAsleep ? RECHECK_MS.rest : WATCH_MS
    const recheckAtMs =
      step.kind === 'rest' || step.kind === 'give-up'
        ? performance.now() + RECHECK_MS[step.kind]
        : Infinity
    while (!signal.aborted) {
      const leftMs =
        untilMs === undefined ? looksMs : Math.min(looksMs, untilMs - performance.now())
      if (await this.#wakeup.wait(Math.max(1, leftMs))) return
      if (server && !isAlive(server)) return
      if (performance.now() >= Math.min(untilMs ?? Infinity, recheckAtMs)) return
      if (step.kind === 'wait' && untilMs === undefined) return
    }
  }

  async #attempt(step: MemberStep, doc: MemberDocument, signal: AbortSignal): Promise<void> {
    try {
      await this.#perform(step, doc, signal)
      if (step.kind === 'start') this.#error = undefined
    } catch (error) {
      await this.#walAhead.end()
      if (signal.aborted) return
      // A crash before it counts as a failure too, so the number of failures cannot tell the first.
      const isNews = this.#error === undefined
      // Who waits for a server that does not come is told so by the end of the connection.
      if (step.kind === 'start') this.#doorman.close()
      this.#error = AppError.from(error)
      const failures = this.#memory.failures + 1
      const recoveryFailed =
        step.kind === 'start' &&
        this.#error.code === 'SERVER_START_FAILED' &&
        (await isToRecover(doc))
      const retryAtMs = performance.now() + retryDelayMs(failures)
      this.#memory = { failures, retryAtMs, recoveryFailed }
      this.#env.log('member step failed', { subject: subjectOf(doc), step: step.kind, error })
      if (isNews) this.#tell('error', 'instance-failed', this.#error.message)
    }
  }

  async #perform(step: MemberStep, doc: MemberDocument, signal: AbortSignal): Promise<void> {
    switch (step.kind) {
      case 'end-strays':
        return endStrays(step.pids)
      case 'create-data':
        await this.#walAhead.begin(doc, true)
        return createData(doc, this.#making(signal))
      case 'write-files':
        return writeMemberFiles(doc, this.#env)
      case 'start':
        return this.#start(doc, signal)
      case 'hand-over':
        return this.#doorman.handOver()
      case 'open-door':
        return this.#doorman.open(doc)
      case 'close-door':
        return this.#doorman.close()
      case 'wake':
        return this.#wake(doc)
      case 'reload':
        return reloadServer(doc)
      case 'stop':
        this.#server = undefined // it ends because we ask it to
        return stopServer(doc)
      case 'remove':
        await removeTree(doc.socketDirectory)
        return removeMember(doc)
      case 'wait':
      case 'give-up':
      case 'rest':
        return
    }
  }

  async #start(doc: MemberDocument, signal: AbortSignal): Promise<void> {
    if (this.#doorman.state(doc) === 'elsewhere') this.#doorman.close()
    const { door } = this.#doorman
    await this.#walAhead.begin(doc, await isToRecover(doc))
    const isReady = await startServer(doc, { ...this.#making(signal), door })
    if (isReady) this.#doorman.handOver()
    await this.#walAhead.end()
  }

  async #wake(doc: MemberDocument): Promise<void> {
    if (await wake(this.#env, doc)) tellSleep(this.#env, doc, 'running')
    // The document that says so comes by itself.
    await this.#wakeup.wait(WATCH_MS)
  }

  async #report(
    doc: MemberDocument,
    memberRevision: number,
    seen: MemberSeen,
    step: MemberStep,
  ): Promise<void> {
    const error =
      step.kind === 'give-up' && step.reason !== 'recovery'
        ? dataError(doc, step.reason, seen.foundMajor)
        : this.#error
    const status = memberStatus({
      memberRevision,
      seen,
      step,
      restarts: this.#restarts,
      failures: this.#memory.failures,
      error,
      progress: seen.server.state === 'starting' ? this.#replay.of(seen.server.pid) : undefined,
    })
    await this.#status.write(status)
  }

  #making(signal: AbortSignal) {
    return {
      env: this.#env,
      signal,
      onProgress: (progress: MemberProgress) => this.#status.showProgress(progress),
    }
  }

  #tell(severity: 'info' | 'error', kind: string, message: string): void {
    if (isScratch(this.#doc)) return
    this.#env.event({ severity, kind, subject: subjectOf(this.#doc), message })
  }
}
