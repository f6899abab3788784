import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Lab } from '../lab-home.ts'

/** The documents of a home, by their keys; read from the file itself, so that what nobody shows is among them. */
export type Stored = ReadonlyMap<string, unknown>

export function storedIn({ home }: Pick<Lab, 'home'>): Stored {
  const db = new DatabaseSync(join(home, 'state.db'), { readOnly: true })
  try {
    const rows = db.prepare('select key, value from entries order by key').all()
    return new Map(
      (rows as { key: string; value: string }[]).map(({ key, value }) => [
        key,
        JSON.parse(value) as unknown,
      ]),
    )
  } finally {
    db.close()
  }
}

/** The rest of every key that begins so: `under(stored, 'members')` gives `shop/db/0`. */
export const under = (stored: Stored, prefix: string): string[] =>
  [...stored.keys()]
    .filter((key) => key.startsWith(`${prefix}/`))
    .map((key) => key.slice(prefix.length + 1))
