import type { MemberDocument } from '../../contract/documents/member.ts'
import { CONNECTABLE, careful } from '../../core/sql/drill.ts'
import type { Session } from '../../drivers/driver.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

export interface Care {
  readonly signal: AbortSignal
  /** The server ends a statement that takes longer. */
  readonly statementMs: number
}

/** Runs `work` on a session that runs nobody's code by accident and waits for nobody. An abort ends it in a statement's midst. */
export async function carefully<T>(
  d: Pick<Dependencies, 'driver'>,
  member: MemberDocument,
  database: string,
  { signal, statementMs }: Care,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await d.driver.session(member, { database })
  const end = (): void => void session.close()
  signal.addEventListener('abort', end, { once: true })
  try {
    for (const sql of careful(statementMs)) await session.query(sql)
    return await work(session)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
    await session.close()
  }
}

/** The databases of a server that can be connected to, by name. */
export const databasesOf = (
  d: Pick<Dependencies, 'driver'>,
  member: MemberDocument,
  care: Care,
): Promise<string[]> =>
  carefully(d, member, 'postgres', care, async (session) => {
    const found = await session.query<{ name: string }>(CONNECTABLE)
    return found.map((row) => row.name)
  })

/** What Postgres says of a failure, five characters; undefined when it was not the server that said no. */
export function sqlstateOf({ code, details }: AppError): string | undefined {
  const found = code === 'SQL_FAILED' ? details?.['sqlstate'] : undefined
  return typeof found === 'string' ? found : undefined
}
