import { uptime } from 'node:os'
import { type ClockMemory, readClock } from '../core/policy/expiry-clock.ts'
import type { Dependencies } from '../operations/dependencies.ts'

const KEPT_EVERY_MS = 30_000

/** Reads this machine's clocks into what the store remembers of them. */
export class MachineClock {
  readonly #d: Pick<Dependencies, 'store' | 'documents'>
  #readAtMs: number | undefined

  constructor(d: Pick<Dependencies, 'store' | 'documents'>) {
    this.#d = d
  }

  /** What is remembered with this reading. */
  async read(wallMs = Date.now()): Promise<ClockMemory> {
    const { store, documents } = this.#d
    const known = (await documents.clocks.get('machine'))?.value
    // It stands still while the machine sleeps, which the uptime does not.
    const nowMs = performance.now()
    const ranMs = nowMs - (this.#readAtMs ?? nowMs)
    const reading = { wallMs, uptimeMs: uptime() * 1000, ranMs }
    const memory = readClock(known, reading, known ? undefined : await this.#newestMs())
    // Each change of the home is a reason to look, and one reading in a while enough to remember.
    const isNews = memory.jumps.length !== known?.jumps.length
    if (!isNews && this.#readAtMs !== undefined && ranMs < KEPT_EVERY_MS) return memory
    await store.write([documents.clocks.put(['machine'], { format: 1, ...withoutLinks(memory) })])
    this.#readAtMs = nowMs
    return memory
  }

  /** The latest moment that a home tells of which was kept before clocks were. */
  async #newestMs(): Promise<number | undefined> {
    const last = (await this.#d.documents.events.list()).at(-1)?.value
    return last && Date.parse(last.at)
  }
}

const withoutLinks = ({ wallMs, uptimeMs, jumps }: ClockMemory) => ({
  wallMs,
  uptimeMs,
  jumps: jumps.map((jump) => ({ ...jump })),
})
