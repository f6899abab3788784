import type { MemberDocument } from '../../contract/documents/member.ts'
import {
  nextPatroniStep,
  type PatroniSeen,
  type PatroniStep,
} from '../../core/patroni/converge-patroni.ts'
import { type MemberMemory, retryDelayMs } from '../../core/plan/converge-member.ts'
import { AppError } from '../../errors/app-error.ts'
import { removeTree } from '../../system/files.ts'
import { restart } from '../../system/patroni/requests.ts'
import { createData, dataError } from '../create-data.ts'
import type { AgentEnvironment } from '../environment.ts'
import { memberId, subjectOf } from '../layout.ts'
import { writeMemberFiles } from '../member-files.ts'
import { removeMember } from '../remove-member.ts'
import { endStrays, startServer, stopServer } from '../server.ts'
import { readServerNote, writeServerNote } from '../server-note.ts'
import { StatusWriter } from '../status-writer.ts'
import { Wakeup } from '../wakeup.ts'
import { prepareFounding } from './found-scope.ts'
import { ageOf, type MachineSeen, observeMachine } from './observe-patroni.ts'
import { patroniFilesAreCurrent, writePatroniFiles } from './patroni-files.ts'
import { fence, killPatroni, reloadPatroni, startPatroni, stopPatroni } from './patroni-process.ts'
import { installedPatroni } from './installed.ts'
import { patroniStatus } from './patroni-status.ts'
import { type PatroniLook, PatroniWatch } from './patroni-watch.ts'
import { Report } from './report.ts'
import { isPatroni, type PatroniDocument } from './places.ts'
import { convergeScope } from './scope-config.ts'

/** How often a running member is looked at: the guard needs to notice a silence well within a lease. */
const WATCH_MS = { ready: 1000, moving: 200 }
/** Nothing tells of a certificate that runs out, or of a file that somebody changed. */
const FILES_MS = 60_000
/** A primary sees to what the scope holds to when it becomes one, when its document changes, and now and then. */
const SCOPE_MS = 60_000
/** A Patroni that ran this long works: its next end is looked at afresh. */
const STABLE_MS = 60_000

/** Keeps a member that Patroni runs as its document says, until stopped; and guards its server when Patroni cannot. */
export class PatroniMemberLoop {
  readonly #env: AgentEnvironment
  readonly #wakeup = new Wakeup()
  readonly #status: StatusWriter
  readonly #told: Report
  readonly #watch: PatroniWatch
  #doc: PatroniDocument
  #revision: number
  #memory: MemberMemory = { failures: 0, retryAtMs: 0 }
  #error: AppError | undefined
  #restarts = 0
  #readySinceMs: number | undefined
  /** Nothing ran when it was last looked at, and nothing was begun since. */
  #rested = false
  #filesAreCurrentUntilMs = 0
  #scopeAtMs = -Infinity
  #role: 'primary' | 'replica' | undefined
  /** Aborted when a newer document comes: a step that takes long is not waited for then. */
  #outdated = new AbortController()

  constructor(doc: PatroniDocument, revision: number, env: AgentEnvironment) {
    this.#doc = doc
    this.#revision = revision
    this.#env = env
    this.#status = new StatusWriter(memberId(doc), env)
    this.#told = new Report(this.#status, {
      free: () => this.#wakeup.wake(),
      error: (error) => env.log('status not written', { subject: subjectOf(doc), error }),
    })
    this.#watch = new PatroniWatch(env)
  }

  /** A newer document of the same form: look again now, and forget why the last tries failed. */
  update(doc: MemberDocument, revision: number): void {
    if (revision <= this.#revision || !isPatroni(doc)) return
    this.#revision = revision
    this.#doc = doc
    this.#memory = { failures: 0, retryAtMs: 0 }
    this.#error = undefined
    this.#rested = false
    this.#filesAreCurrentUntilMs = 0
    this.#scopeAtMs = -Infinity
    this.#outdated.abort()
    this.#outdated = new AbortController()
    this.#wakeup.wake()
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wakeup.wake(), { once: true })
    try {
      while (!signal.aborted) await this.#turn(signal)
    } finally {
      this.#watch.end()
      await this.#told.end()
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const doc = this.#doc
    const revision = this.#revision
    const current = AbortSignal.any([signal, this.#outdated.signal])
    const machine = await observeMachine(doc, { rested: this.#rested })
    const look = await this.#watch.look(doc, {
      runs: machine.process !== undefined,
      hasRun: machine.hasRun,
      serverRuns: machine.server.state !== 'stopped',
    })
    if (signal.aborted) return
    const seen = {
      ...machine,
      patroni: ageOf(doc, machine.process),
      answers: look.state !== undefined,
      founded: look.isFounded,
      guard: look.guard,
      filesCurrent: await this.#filesAreCurrent(doc),
    }
    this.#notice(doc, machine, look)
    const step = nextPatroniStep(doc, seen, this.#memory, performance.now())
    const isIdle = step.kind === 'rest' || step.kind === 'wait'
    this.#rested = isIdle && !machine.process && machine.server.state === 'stopped'
    this.#report(doc, revision, seen, look, step)
    if (step.kind === 'rest' || step.kind === 'wait' || step.kind === 'give-up') {
      await this.#convergeScope(doc, look)
      await this.#idle(step)
    } else {
      await this.#attempt(step, doc, seen, current)
    }
  }

  async #idle(step: PatroniStep): Promise<void> {
    if (step.kind !== 'rest') return void (await this.#wakeup.wait(WATCH_MS.moving))
    await this.#wakeup.wait(step.state === 'ready' ? WATCH_MS.ready : FILES_MS)
  }

  #notice(doc: PatroniDocument, { server, process }: MachineSeen, look: PatroniLook): void {
    const isReady = server.state === 'ready' && process !== undefined
    const nowMs = performance.now()
    if (!isReady) return void (this.#readySinceMs = undefined)
    if (this.#readySinceMs === undefined) {
      this.#readySinceMs = nowMs
      if (this.#status.isBegun) this.#tell('info', 'instance-ready', `${called(doc)} runs`)
    }
    this.#error = undefined
    if (nowMs - this.#readySinceMs > STABLE_MS) this.#memory = { failures: 0, retryAtMs: 0 }
    const role = look.isPrimary ? 'primary' : 'replica'
    if (role === this.#role) return
    if (this.#role && role === 'primary')
      this.#tell('info', 'instance-promoted', `${called(doc)} is the primary now`)
    this.#role = role
    this.#scopeAtMs = -Infinity
  }

  async #filesAreCurrent(doc: PatroniDocument): Promise<boolean> {
    const nowMs = performance.now()
    if (nowMs < this.#filesAreCurrentUntilMs || doc.wanted !== 'running') return true
    try {
      const { version } = await installedPatroni()
      if (!(await patroniFilesAreCurrent(doc, this.#env, version))) return false
    } catch {
      return false // to write them fails for the same reason, which is told then
    }
    this.#filesAreCurrentUntilMs = nowMs + FILES_MS
    return true
  }

  /** Only the primary’s, so that two documents of different ages do not contend. */
  async #convergeScope(doc: PatroniDocument, look: PatroniLook): Promise<void> {
    const access = this.#watch.access(doc)
    const isDue = performance.now() - this.#scopeAtMs >= SCOPE_MS
    if (!access || !look.state || !look.isPrimary || !isDue) return
    this.#scopeAtMs = performance.now()
    try {
      await convergeScope(doc, access, (await installedPatroni()).version)
    } catch (error) {
      this.#env.log('scope not converged', { subject: subjectOf(doc), error })
    }
  }

  async #attempt(
    step: PatroniStep,
    doc: PatroniDocument,
    seen: Seen,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#perform(step, doc, seen, signal)
    } catch (error) {
      if (signal.aborted) return
      const isNews = this.#error === undefined
      this.#error = AppError.from(error)
      const failures = this.#memory.failures + 1
      this.#memory = { failures, retryAtMs: performance.now() + retryDelayMs(failures) }
      this.#env.log('member step failed', { subject: subjectOf(doc), step: step.kind, error })
      if (isNews) this.#tell('error', 'instance-failed', this.#error.message)
    }
  }

  async #perform(
    step: PatroniStep,
    doc: PatroniDocument,
    seen: Seen,
    signal: AbortSignal,
  ): Promise<void> {
    const env = this.#env
    const { process } = seen
    const making = { env, signal, onProgress: this.#status.showProgress.bind(this.#status) }
    switch (step.kind) {
      case 'end-strays':
        return endStrays(step.pids)
      case 'create-data':
        return createData(doc, making)
      case 'write-files':
        return writePatroniFiles(doc, env, (await installedPatroni()).version)
      case 'start-server':
        // Until Patroni writes its own in their place.
        await writeMemberFiles(doc, env)
        return void (await startServer(doc, making))
      case 'start-patroni':
        return this.#startPatroni(doc, seen)
      case 'reload':
        return process && reloadPatroni(doc, process)
      case 'restart-server':
        return this.#restart(doc)
      case 'kill-patroni':
        if (step.reason === 'silent')
          this.#tell(
            'warning',
            'patroni-restarted',
            `${called(doc)}: Patroni stood still; ended it`,
          )
        return process && killPatroni(process)
      case 'stop-patroni':
        return process && stopPatroni(process)
      case 'stop-server':
        return stopServer(doc)
      case 'fence':
        await fence(doc, process)
        return this.#tell(
          'error',
          'instance-fenced',
          `${called(doc)} was stopped: its Patroni no longer holds the lease of the primary`,
        )
      case 'remove':
        await removeTree(doc.socketDirectory)
        return removeMember(doc)
      case 'wait':
      case 'give-up':
      case 'rest':
        return
    }
  }

  async #startPatroni(doc: PatroniDocument, seen: Seen): Promise<void> {
    const failures = this.#memory.failures + 1
    if (seen.hasRun) this.#restarts++
    if (seen.founded === false) await prepareFounding(doc)
    const { program } = await installedPatroni()
    await startPatroni(doc, this.#env, program)
    this.#watch.begun()
    // One that ends at once is not started again at once, until one has lasted.
    this.#memory = { failures, retryAtMs: performance.now() + retryDelayMs(failures) }
  }

  async #restart(doc: PatroniDocument): Promise<void> {
    const access = this.#watch.access(doc)
    if (!access) return
    await restart(access)
    const { restartGeneration } = doc
    await writeServerNote(doc, { ...(await readServerNote(doc)), restartGeneration })
  }

  #report(
    doc: PatroniDocument,
    memberRevision: number,
    { server, foundMajor }: Seen,
    look: PatroniLook,
    step: PatroniStep,
  ): void {
    const error = step.kind === 'give-up' ? dataError(doc, step.reason, foundMajor) : this.#error
    const facts = { memberRevision, server, look, step, restarts: this.#restarts, error }
    this.#told.tell(patroniStatus({ ...facts, failures: this.#memory.failures }))
  }

  #tell(severity: 'info' | 'warning' | 'error', kind: string, message: string): void {
    this.#env.event({ severity, kind, subject: subjectOf(this.#doc), message })
  }
}

type Seen = PatroniSeen & MachineSeen

/** An instance has several members: which of them. */
const called = (doc: PatroniDocument): string => `${subjectOf(doc)} (${doc.patroni.name})`
