import { attempt } from './attempt.ts'
import type { Read } from './records.ts'
import { readSql } from './schema.ts'
import type { Session } from './session.ts'

/** As many as one read looks at, so that the ledger stays small. */
const REGISTERS_PER_READ = 3

interface Place {
  readonly client: string
  readonly endpoint: string
  readonly isPrimary: boolean
  /** How many there are. */
  readonly registers: number
}

/** One look at the sum of all accounts and at a few registers. */
export async function readOnce(session: Session, place: Place): Promise<Read> {
  const keys = Array.from({ length: REGISTERS_PER_READ }, () =>
    Math.floor(Math.random() * place.registers),
  )
  const { value, ...rest } = await attempt(session, () => session.query(readSql, [keys]))
  const { client, endpoint, isPrimary: isFresh } = place
  const [row] = value?.rows ?? []
  const seen = row && { sum: row.sum, registers: row.registers }
  return { kind: 'read', client, endpoint, isFresh, ...rest, ...seen }
}
