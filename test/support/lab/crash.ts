import { rm, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Operation } from '../../../src/contract/operation.ts'
import { AppError } from '../../../src/errors/app-error.ts'
import type { Lab } from '../lab-home.ts'
import type { DaemonProcess } from './daemon-process.ts'

type Begin = () => Promise<Operation>

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

  /** Kills the daemon at the n-th boundary of the operation; the next daemon, a plain one, ends it. */
  async atBoundary(n: number, begin: Begin): Promise<Operation> {
    await writeFile(this.#lab.orderFile, `${n} ${this.#orders++}`)
    const id = await this.#begin(begin)
    const end = await this.#daemon.ended
    if (end !== 'SIGKILL') throw new Error(`the daemon ended with ${end}`)
    await rm(this.#lab.orderFile)
    return this.#resume(id)
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
