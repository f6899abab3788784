import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { ChangeQueue } from '../change-queue.ts'
import { conflict, leaseEnded } from '../conflict.ts'
import type { Change, Entry, Store, Write } from '../store.ts'
import { openDatabase, translate } from './open.ts'

interface Row {
  readonly key: string
  readonly value: string
  readonly revision: number
}

/**
 * The store of one machine: a SQLite file that one process has open. Leases of an earlier process are ended on
 * opening, because the home's lock proves that their holder is gone.
 */
export function openSqliteStore(path: string): SqliteStore {
  return new SqliteStore(path, openDatabase(path))
}

export class SqliteStore implements Store {
  readonly #path: string
  readonly #db: DatabaseSync
  readonly #watches = new Set<{ prefix: string; queue: ChangeQueue }>()
  readonly #sweep: NodeJS.Timeout

  constructor(path: string, db: DatabaseSync) {
    this.#path = path
    this.#db = db
    for (const { id } of this.#leases(Number.MAX_SAFE_INTEGER)) this.#endLease(id)
    this.#sweep = setInterval(() => {
      try {
        this.#endExpired()
      } catch {
        // A full disk, say. The next round tries again, and whoever writes meanwhile is told.
      }
    }, 1000)
    this.#sweep.unref()
  }

  async get(key: string): Promise<Entry | undefined> {
    const sql = 'select key, value, revision from entries where key = ?'
    const row = this.#sql(() => this.#db.prepare(sql).get(key)) as Row | undefined
    return row && entry(row)
  }

  async list(prefix: string): Promise<Entry[]> {
    // '~' sorts after every character that a key may hold.
    const sql = 'select key, value, revision from entries where key >= ? and key < ? order by key'
    const rows = this.#sql(() =>
      this.#db.prepare(sql).all(prefix, `${prefix}~`),
    ) as unknown as Row[]
    return rows.map(entry)
  }

  async write(writes: readonly Write[]): Promise<number> {
    return this.#write(writes)
  }

  watch(prefix: string, signal: AbortSignal): AsyncIterable<Change> {
    const watch = { prefix, queue: new ChangeQueue(signal) }
    this.#watches.add(watch)
    signal.addEventListener('abort', () => this.#watches.delete(watch), { once: true })
    return watch.queue
  }

  async grantLease(ttlMs: number): Promise<string> {
    const id = randomUUID()
    const sql = 'insert into leases values (?, ?, ?)'
    this.#sql(() => this.#db.prepare(sql).run(id, ttlMs, Date.now() + ttlMs))
    return id
  }

  async renewLease(lease: string): Promise<boolean> {
    const sql = 'update leases set expires_at_ms = ttl_ms + ? where id = ?'
    return this.#sql(() => {
      this.#endExpired()
      return this.#db.prepare(sql).run(Date.now(), lease).changes === 1
    })
  }

  async revokeLease(lease: string): Promise<void> {
    this.#sql(() => this.#endLease(lease))
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep)
    this.#db.close()
  }

  /** A whole copy of the file as it is now, for the day when the file itself is damaged, into a file that is empty or not there. */
  backUpTo(path: string): void {
    this.#sql(() => this.#db.prepare('vacuum into ?').run(path))
  }

  /** Runs statements; what SQLite throws is one of our errors. */
  #sql<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw translate(this.#path, error)
    }
  }

  #write(writes: readonly Write[]): number {
    const changes: Change[] = []
    const revision = this.#sql(() => {
      try {
        this.#db.exec('begin immediate')
        const sql = 'update revision set last = last + 1 returning last'
        const { last } = this.#db.prepare(sql).get() as { last: number }
        for (const w of writes) this.#apply(w, last, changes)
        this.#db.exec('commit')
        return last
      } catch (error) {
        // SQLite itself rolls back when the disk is full, for example.
        if (this.#db.isTransaction) this.#db.exec('rollback')
        throw error
      }
    })
    this.#tell(changes)
    return revision
  }

  #apply(w: Write, revision: number, changes: Change[]): void {
    const have = this.#db.prepare('select revision from entries where key = ?').get(w.key) as
      { revision: number } | undefined
    if (w.ifRevision !== undefined && w.ifRevision !== (have?.revision ?? 0)) {
      throw conflict(w.key)
    }
    if (w.kind === 'delete') {
      if (!have) return
      this.#db.prepare('delete from entries where key = ?').run(w.key)
      changes.push({ kind: 'delete', key: w.key, revision })
      return
    }
    if (w.lease !== undefined && !this.#isLive(w.lease)) throw leaseEnded([w.key])
    const row: Row = { key: w.key, value: JSON.stringify(w.value), revision }
    this.#db
      .prepare('insert or replace into entries (key, value, revision, lease) values (?, ?, ?, ?)')
      .run(row.key, row.value, revision, w.lease ?? null)
    // Read back, so that a watch gives what a read gives, and nobody else holds the same object.
    changes.push({ kind: 'put', entry: entry(row) })
  }

  #isLive(lease: string): boolean {
    return this.#db.prepare('select id from leases where id = ?').get(lease) !== undefined
  }

  #tell(changes: readonly Change[]): void {
    for (const change of changes) {
      const key = change.kind === 'put' ? change.entry.key : change.key
      for (const { prefix, queue } of this.#watches) if (key.startsWith(prefix)) queue.push(change)
    }
  }

  #leases(untilMs: number): { id: string }[] {
    const sql = 'select id from leases where expires_at_ms <= ?'
    return this.#db.prepare(sql).all(untilMs) as { id: string }[]
  }

  #endExpired(): void {
    for (const { id } of this.#leases(Date.now())) this.#endLease(id)
  }

  #endLease(id: string): void {
    const sql = 'select key from entries where lease = ?'
    const held = this.#db.prepare(sql).all(id) as { key: string }[]
    if (held.length > 0) this.#write(held.map(({ key }) => ({ kind: 'delete', key })))
    this.#db.prepare('delete from leases where id = ?').run(id)
  }
}

function entry(row: Row): Entry {
  return { key: row.key, value: JSON.parse(row.value) as unknown, revision: row.revision }
}
