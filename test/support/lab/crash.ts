import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Operation } from '../../../src/contract/operation.ts'
import { AppError } from '../../../src/errors/app-error.ts'
import { openSqliteStore, type SqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import type { Lab } from '../lab-home.ts'
import type { DaemonProcess } from './daemon-process.ts'

type Begin = () => Promise<Operation>

/** A moment to die at: so long after a boundary. `what` says which. */
export interface Moment {
  readonly boundary: number
  readonly delayMs: number
  readonly what: string
}

/** Runs an operation to its end with daemons that die in it, one after another. */
export class Crasher {
  readonly #lab: Lab
  #daemon: DaemonProcess
  #orders = 0

  private constructor(lab: Lab, daemon: DaemonProcess) {
    this.#lab = lab
    this.#daemon = daemon
  }

  static async of(lab: Lab): Promise<Crasher> {
    return new Crasher(lab, await lab.startDaemon())
  }

  /** Runs it without a crash and gives how it ended. */
  async calmly(begin: Begin): Promise<Operation> {
    return this.#lab.finished(await begin())
  }

  /** Kills the daemon at the n-th boundary of the operation, or so long after it; the next daemon, a plain one, ends it. */
  async atBoundary(n: number, begin: Begin, delayMs = 0): Promise<Operation> {
    await this.#order(n, delayMs)
    const id = await this.#begin(begin)
    const end = await this.#daemon.ended
    if (end !== 'SIGKILL') throw new Error(`the daemon ended with ${end}`)
    await rm(this.#lab.orderFile)
    return this.#resume(id)
  }

  /** Kills the daemon at this moment of the operation; runs it without a crash when there is none. */
  at(moment: Moment | undefined, begin: Begin): Promise<Operation> {
    return moment ? this.atBoundary(moment.boundary, begin, moment.delayMs) : this.calmly(begin)
  }

  /** As `at`, of an operation that nobody can ask a daemon for: it is written into the store while there is none. */
  async atOfWritten(
    moment: Moment | undefined,
    write: (store: SqliteStore) => Promise<unknown>,
  ): Promise<Operation> {
    await this.#daemon.kill('SIGKILL')
    const store = openSqliteStore(join(this.#lab.home, 'state.db'))
    try {
      await write(store)
    } finally {
      await store.close()
    }
    if (!moment) return this.#resume(undefined)
    await this.#order(moment.boundary, moment.delayMs)
    // One that dies before it answers never was one that runs.
    const dying = await this.#lab.startDaemon().catch(() => undefined)
    await dying?.ended
    await rm(this.#lab.orderFile)
    return this.#resume(undefined)
  }

  async #order(n: number, delayMs: number): Promise<void> {
    await writeFile(this.#lab.orderFile, `${n} ${this.#orders++} ${Math.round(delayMs)}`)
  }

  /** Kills the daemon so many milliseconds into the operation. */
  async after(delayMs: number, begin: Begin): Promise<Operation> {
    const id = await this.#begin(begin)
    await pause(delayMs)
    await this.#daemon.kill('SIGKILL')
    return this.#resume(id)
  }

  async #resume(id: string | undefined): Promise<Operation> {
    this.#daemon = await this.#lab.startDaemon()
    // A daemon that died before it answered had taken the operation all the same.
    const [newest] = await this.#lab.api.listOperations({ limit: 1 })
    if (!newest || (id !== undefined && newest.id !== id)) throw new Error('the operation is lost')
    return this.#lab.finished(newest)
  }

  async #begin(begin: Begin): Promise<string | undefined> {
    try {
      return (await begin()).id
    } catch (error) {
      if (AppError.from(error).code === 'DAEMON_UNREACHABLE') return undefined
      throw error
    }
  }
}

/** How many boundaries an operation had: a step that failed has no end. */
export const boundariesOf = (operation: Operation): number =>
  operation.steps.reduce((sum, step) => sum + (step.state === 'done' ? 2 : 1), 0)

/** A step that takes less is hardly ever met in its middle. */
const SHORT_MS = 40

/**
 * Each state that an operation is in for a moment: before its first step (or `from`), in the middle of each that takes its time, and
 * after each. What is before a step is what was after the one before.
 */
export function momentsOf(operation: Operation, random: () => number, from?: string): Moment[] {
  const first = operation.steps.findIndex(({ name }) => from === undefined || name.endsWith(from))
  if (first < 0) throw new Error(`there is no step “${from}”`)
  const moments = operation.steps.slice(first).flatMap((step, i): Moment[] => {
    const { name, startedAt, finishedAt = startedAt } = step
    const tookMs = Date.parse(finishedAt) - Date.parse(startedAt)
    const before = 2 * (first + i) + 1
    const delayMs = Math.ceil(random() * tookMs)
    return [
      ...(tookMs < SHORT_MS
        ? []
        : [{ boundary: before, delayMs, what: `${delayMs} ms into “${name}”` }]),
      { boundary: before + 1, delayMs: 0, what: `after “${name}”` },
    ]
  })
  return [{ boundary: 2 * first + 1, delayMs: 0, what: 'before the first step' }, ...moments]
}
