import { uptime } from 'node:os'
import { type ClockMemory, readClock } from '../core/policy/expiry-clock.ts'
import type { Dependencies } from '../operations/dependencies.ts'

const KEPT_EVERY_MS = 30_000
/** Of a machine by itself; a host's has the host's name. */
const ALONE = 'machine'

type ClockDependencies = Pick<Dependencies, 'store' | 'documents' | 'host'>

/** Reads this machine's clocks into what the store remembers of them. */
export class MachineClock {
  readonly #d: ClockDependencies
  #readAtMs: number | undefined

  constructor(d: ClockDependencies) {
    this.#d = d
  }

  /** What is remembered with this reading. */
  async read(wallMs = Date.now()): Promise<ClockMemory> {
    const { store, documents, host = ALONE } = this.#d
    const { clocks } = documents
    const own = await clocks.get(host)
    // What the first host of a cluster knew before it was one: its doubts hold, and are no other host's.
    const before = own || host === ALONE ? undefined : await clocks.get(ALONE)
    const known = (own ?? before)?.value
    // It stands still while the machine sleeps, which the uptime does not.
    const nowMs = performance.now()
    const ranMs = nowMs - (this.#readAtMs ?? nowMs)
    const reading = { wallMs, uptimeMs: uptime() * 1000, ranMs }
    const memory = readClock(known, reading, known ? undefined : await this.#newestMs())
    // Each change of the home is a reason to look, and one reading in a while enough to remember.
    const isNews = memory.jumps.length !== known?.jumps.length
    if (!isNews && this.#readAtMs !== undefined && ranMs < KEPT_EVERY_MS) return memory
    await store.write([
      clocks.put([host], { format: 1, ...withoutLinks(memory) }),
      ...(before ? [clocks.remove([ALONE], before.revision)] : []),
    ])
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
