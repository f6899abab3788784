import type { MemberDocument } from '../contract/documents/member.ts'
import { SUPERUSER } from '../core/config/hba.ts'
import { superuserSettings } from '../core/sql/superuser-session.ts'
import { connect, type Sql } from '../system/tools/postgres.ts'

/** Runs `work` in a session of our superuser on a member, over its socket. `answerMs`: who takes longer to answer fails; unset: no limit. */
export async function asSuperuser<T>(
  { socketDirectory, endpoint, engine }: MemberDocument,
  work: (sql: Sql) => Promise<T>,
  answerMs?: number,
): Promise<T> {
  const limits =
    answerMs === undefined ? {} : { connectTimeoutMs: answerMs, statementTimeoutMs: answerMs }
  const sql = await connect({
    socketDirectory,
    port: endpoint.port,
    user: SUPERUSER,
    database: 'postgres',
    applicationName: 'howdah',
    settings: superuserSettings(engine.major),
    ...limits,
  })
  try {
    return await work(sql)
  } finally {
    await sql.close()
  }
}
