/**
 * Writers and readers at every endpoint until its input ends; then reads what is there, and ends. Runs where clients are: in
 * the lab's `edge`.
 *
 * usage: node clients.ts LOAD (JSON: `Load` of endpoint.ts). Prints `Report`s, a line each.
 */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { nowMs } from './clock.ts'
import type { Endpoint, Load, Report } from './endpoint.ts'
import { Ledger } from './ledger.ts'
import { readOnce } from './reader.ts'
import type { Entry, FinalState } from './records.ts'
import { finalSql, schemaSql } from './schema.ts'
import { Session } from './session.ts'
import { Writer } from './writer.ts'

const REPORT_EVERY_MS = 100
const RETRY_MS = 200
/** Far beyond any outage that is tried here. */
const FINAL_WITHIN_MS = 180_000

const load = JSON.parse(process.argv[2] ?? '') as Load
const primaries = load.endpoints.filter(({ isPrimary }) => isPrimary)
const registers = primaries.length * load.writers
const ledger = new Ledger(load.ledger)
const lastWriteMs: Record<string, number> = {}
let acked = 0
const ending = new AbortController()

await onPrimary((session) => session.query(schemaSql(registers)))
const reporting = setInterval(report, REPORT_EVERY_MS)
const running = [...writers(), ...readers()]
process.stdin.resume()
await once(process.stdin, 'end')
ending.abort()
await Promise.all(running)
clearInterval(reporting)
const { rows } = await onPrimary((session) => session.query(finalSql, [], FINAL_WITHIN_MS))
ledger.append({ final: rows[0] as FinalState })
ledger.close()
process.exit()

function writers(): Promise<void>[] {
  return primaries.flatMap(({ name, urls }, at) =>
    Array.from({ length: load.writers }, (_, index) => {
      const key = at * load.writers + index
      const writer = new Writer(new Session(urls, index), `${name}-w${index}`, name, key)
      return repeat(() => writer.next())
    }),
  )
}

function readers(): Promise<void>[] {
  return load.endpoints.flatMap(({ name, urls, isPrimary }) =>
    Array.from({ length: load.readers }, (_, index) => {
      const session = new Session(urls, index)
      const place = { client: `${name}-r${index}`, endpoint: name, isPrimary, registers }
      return repeat(() => readOnce(session, place))
    }),
  )
}

async function repeat(operation: () => Promise<Entry>): Promise<void> {
  // Spread over the pace, or all would always come at once.
  await pause(Math.random() * load.paceMs)
  while (!ending.signal.aborted) {
    const entry = await operation()
    ledger.append(entry)
    if (entry.kind !== 'read' && entry.outcome === 'acked') {
      acked++
      lastWriteMs[entry.endpoint] = Math.max(
        entry.startMs,
        lastWriteMs[entry.endpoint] ?? -Infinity,
      )
    }
    await pause(Math.max(0, load.paceMs - (nowMs() - entry.startMs)))
  }
}

/** Tries at the endpoint that is named first until it succeeds. */
async function onPrimary<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const [{ urls }] = primaries as [Endpoint]
  const session = new Session(urls, 0)
  for (const beganMs = nowMs(); ;) {
    try {
      await session.connect()
      const result = await work(session)
      session.drop()
      return result
    } catch (error) {
      session.drop({ isLost: true })
      if (nowMs() - beganMs > FINAL_WITHIN_MS) throw error
      await pause(RETRY_MS)
    }
  }
}

function report(): void {
  const line: Report = { nowMs: nowMs(), lastWriteMs, acked }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
