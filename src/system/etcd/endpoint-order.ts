/** So long an endpoint that failed comes after all others: it is asked again soon after it is back, and does not slow down each request while it is not. */
const AVOID_MS = 10_000

/** Which endpoint is asked first: as they were given, but those that failed a moment ago come last. */
export class EndpointOrder {
  readonly #endpoints: readonly string[]
  readonly #failedAtMs = new Map<string, number>()

  constructor(endpoints: readonly string[]) {
    this.#endpoints = endpoints
  }

  /** All of them, best first. `nowMs` is of a clock that never goes back. */
  at(nowMs: number): string[] {
    const failedAt = (endpoint: string): number => {
      const ms = this.#failedAtMs.get(endpoint)
      return ms === undefined || nowMs - ms >= AVOID_MS ? -Infinity : ms
    }
    // The one whose failure is longest ago is likeliest to be back.
    return this.#endpoints.toSorted((a, b) => compare(failedAt(a), failedAt(b)))
  }

  failed(endpoint: string, nowMs: number): void {
    this.#failedAtMs.set(endpoint, nowMs)
  }

  works(endpoint: string): void {
    this.#failedAtMs.delete(endpoint)
  }
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
