import type { QueryResult } from 'pg'
import { type AboutToCommit, type Attempt, attempt } from './attempt.ts'
import type { Insert, Put, Read, Transfer, Witness } from './records.ts'
import { ACCOUNTS, insertSql, lookSql, moveSql, putSql, transferSql } from './schema.ts'
import type { Session } from './session.ts'

const MOST_MOVED = 5

/** Writes through one session, as three kinds of application in turn: rows, transfers, and a register that it alone sets. */
export class Writer {
  readonly #session: Session
  readonly #who: { readonly client: string; readonly endpoint: string }
  readonly #key: number
  #count = 0
  /** What the register has; undefined when a put's outcome is unknown. */
  #version: number | undefined

  constructor(session: Session, client: string, endpoint: string, key: number) {
    this.#session = session
    this.#who = { client, endpoint }
    this.#key = key
  }

  /** Performs the next operation. */
  next(): Promise<Insert | Put | Read> {
    const count = this.#count++
    const id = `${this.#who.client}-${count}`
    if (count % 3 === 0) return this.#insert(id)
    if (count % 3 === 1) return this.#transfer(id)
    return this.#version === undefined ? this.#look() : this.#put(id, this.#version)
  }

  async #insert(id: string): Promise<Insert> {
    const done = await attempt(this.#session, async (aboutToCommit) => {
      aboutToCommit()
      return witnessOf(await this.#session.query(insertSql, [id]))
    })
    return {
      kind: 'insert',
      id,
      ...this.#recorded(done),
      ...(done.value && { witness: done.value }),
    }
  }

  async #transfer(id: string): Promise<Insert> {
    const from = Math.floor(Math.random() * ACCOUNTS)
    const to = (from + 1 + Math.floor(Math.random() * (ACCOUNTS - 1))) % ACCOUNTS
    const transfer = { from, to, amount: 1 + Math.floor(Math.random() * MOST_MOVED) }
    const done = await attempt(this.#session, (aboutToCommit) =>
      this.#move(id, transfer, aboutToCommit),
    )
    const witness = done.value && { witness: done.value }
    return { kind: 'insert', id, transfer, ...this.#recorded(done), ...witness }
  }

  async #move(id: string, { from, to, amount }: Transfer, aboutToCommit: AboutToCommit) {
    await this.#session.query('begin')
    const moves = [
      [from, -amount],
      [to, amount],
    ] as const
    // Always the lower account first, so that no two transfers wait for each other.
    for (const move of moves.toSorted(([a], [b]) => a - b)) {
      await this.#session.query(moveSql, move)
    }
    const witness = witnessOf(await this.#session.query(transferSql, [id, from, to, amount]))
    aboutToCommit()
    await this.#session.query('commit')
    return witness
  }

  async #put(value: string, before: number): Promise<Put> {
    const done = await attempt(this.#session, async (aboutToCommit) => {
      aboutToCommit()
      return this.#session.query(putSql, [this.#key, before, value])
    })
    const isDone = done.outcome === 'acked' && done.value?.rowCount === 1
    if (isDone) this.#version = before + 1
    else if (done.outcome !== 'refused') this.#version = undefined
    const put = { kind: 'put', key: this.#key, version: before + 1, value } as const
    if (isDone && done.value) {
      return { ...put, ...this.#recorded(done), witness: witnessOf(done.value) }
    }
    // An earlier put of ours, whose outcome was unknown, came first after all.
    const isLate = done.outcome === 'acked' && { outcome: 'refused' as const, error: 'late' }
    return { ...put, ...this.#recorded(done), ...isLate }
  }

  async #look(): Promise<Read> {
    const done = await attempt(this.#session, () => this.#session.query(lookSql, [this.#key]))
    this.#version = done.value?.rows[0]?.version
    const registers = done.value && { registers: done.value.rows }
    return { kind: 'read', isFresh: true, ...this.#recorded(done), ...registers }
  }

  #recorded({ startMs, endMs, outcome, error }: Attempt<unknown>) {
    return { ...this.#who, startMs, endMs, outcome, ...(error !== undefined && { error }) }
  }
}

function witnessOf({ rows: [row] }: QueryResult): Witness {
  return { server: row.server, timeline: Number.parseInt(row.timeline, 16), lsn: row.lsn }
}
