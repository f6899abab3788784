import type { Duplex } from 'node:stream'

/** A token that is removed or has ended holds no connection longer than this. */
const LOOK_MS = 15_000

/**
 * The connections from elsewhere and what each logged in with. One whose login is no longer good is closed, with the streams and
 * tunnels on it: a token ends what it began.
 */
export class Logins {
  readonly #byConnection = new Map<Duplex, string>()
  readonly #isGood: (authorization: string) => Promise<boolean>
  readonly #timer: NodeJS.Timeout

  constructor(isGood: (authorization: string) => Promise<boolean>, lookMs = LOOK_MS) {
    this.#isGood = isGood
    this.#timer = setInterval(() => void this.#look(), lookMs)
    this.#timer.unref()
  }

  note(connection: Duplex, authorization: string): void {
    if (!this.#byConnection.has(connection)) {
      connection.once('close', () => this.#byConnection.delete(connection))
    }
    this.#byConnection.set(connection, authorization)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    for (const [connection, authorization] of this.#byConnection) {
      if (!(await this.#isGood(authorization))) connection.destroy()
    }
  }
}
