/** As many wrong tokens may come from one address at once; then one in `REFILL_MS`. */
const BURST = 10
const REFILL_MS = 6000
/** Addresses remembered; beyond it the longest forgotten go, which only makes guessing 256 bits a little faster. */
const REMEMBERED = 10_000

/** Counts wrong logins by address, in memory: a token bucket for each. */
export class Attempts {
  readonly #spent = new Map<string, { count: number; atMs: number }>()

  /** How long an address must wait before it may try again; 0: not at all. */
  waitMs(address: string, nowMs: number): number {
    const count = this.#count(address, nowMs)
    return count < BURST ? 0 : Math.ceil((count - BURST + 1) * REFILL_MS)
  }

  /** Notes a wrong login. True when this one used up the address's last try. */
  failed(address: string, nowMs: number): boolean {
    const count = this.#count(address, nowMs) + 1
    this.#spent.delete(address)
    this.#spent.set(address, { count, atMs: nowMs })
    if (this.#spent.size > REMEMBERED) {
      const [oldest] = this.#spent.keys()
      if (oldest !== undefined) this.#spent.delete(oldest)
    }
    return count >= BURST && count - 1 < BURST
  }

  #count(address: string, nowMs: number): number {
    const had = this.#spent.get(address)
    return had ? Math.max(0, had.count - (nowMs - had.atMs) / REFILL_MS) : 0
  }
}
