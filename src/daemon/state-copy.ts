import type { SqliteStore } from '../store/sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { writeAtomic } from '../system/files.ts'

/** A whole copy of a store in a file. */
export interface StateCopy {
  /** How its name ends: `.db` */
  readonly ending: string
  /** Into a file that is not there, made for us alone. */
  write(path: string): Promise<void>
}

/** The state as the SQLite file that it is. */
export const copyOfSqlite = (store: SqliteStore): StateCopy => ({
  ending: '.db',
  async write(path) {
    // Made first, for its mode: the umask is the whole process's, and other folders are being made at this moment.
    await writeAtomic(path, '', { mode: 0o600 })
    store.backUpTo(path)
  },
})

/** The documents of a store that has no file here: a line of JSON for each. */
export const copyOfDocuments = (store: Store): StateCopy => ({
  ending: '.jsonl',
  async write(path) {
    const lines = (await store.list('')).map(({ key, value }) => JSON.stringify({ key, value }))
    await writeAtomic(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  },
})
