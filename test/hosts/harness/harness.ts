import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from '../../support/lab/until.ts'
import { nowMs } from './clock.ts'
import type { Load, Report } from './endpoint.ts'
import { readLedger } from './ledger.ts'
import type { History } from './records.ts'

const script = fileURLToPath(new URL('clients.ts', import.meta.url))

/** Starts a command where clients are. */
export type Launch = (command: readonly string[]) => ChildProcess

/** Clients that run while something happens to what they use: `const clients = await Harness.start(...)`, then `finish()`. */
export class Harness implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #load: Load
  readonly #ended: Promise<unknown[]>
  #report: Report | undefined
  #said = ''

  private constructor(child: ChildProcess, load: Load) {
    this.#child = child
    this.#load = load
    this.#ended = once(child, 'exit')
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#said += text))
    if (!child.stdout) throw new Error('clients without an output')
    createInterface(child.stdout).on('line', (line) => (this.#report = JSON.parse(line) as Report))
  }

  /** Gives clients that have all begun: at every endpoint of the primary writes are acknowledged. */
  static async start(load: Load, launch: Launch): Promise<Harness> {
    const harness = new Harness(launch([process.execPath, script, JSON.stringify(load)]), load)
    await harness.untilWritten(nowMs())
    return harness
  }

  /** Waits until every endpoint of the primary has acknowledged a write that began after this moment. */
  async untilWritten(sinceMs: number): Promise<void> {
    const names = this.#load.endpoints.filter((e) => e.isPrimary).map(({ name }) => name)
    await until('writes at every endpoint', () => {
      this.#failIfEnded()
      return names.every((name) => (this.#report?.lastWriteMs[name] ?? -Infinity) > sinceMs)
    })
  }

  /** Ends all clients, each after its operation, and gives what they saw and what is there. */
  async finish(): Promise<History> {
    this.#failIfEnded()
    this.#child.stdin?.end()
    const [status] = await this.#ended
    if (status !== 0) throw new Error(`the clients failed: ${this.#said}`)
    return readLedger(this.#load.ledger)
  }

  #failIfEnded(): void {
    if (this.#child.exitCode !== null) throw new Error(`the clients failed: ${this.#said}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
