import type { MemberDocument } from '../../contract/documents/member.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { superuserSettings } from '../../core/sql/superuser-session.ts'
import { connect } from '../../system/tools/postgres.ts'
import type { Session } from '../driver.ts'

/** A session over the member's socket, where our account's identity is enough: as our superuser, with settings of ours, or as `role`. */
export async function openSession(
  member: MemberDocument,
  { database, role }: { database: string; role?: string },
): Promise<Session> {
  const sql = await connect({
    socketDirectory: member.socketDirectory,
    port: member.endpoint.port,
    user: role ?? SUPERUSER,
    database,
    applicationName: 'howdah',
    settings: role === undefined ? superuserSettings(member.engine.major) : undefined,
  })
  return {
    query: <T>(text: string, values?: readonly unknown[]) =>
      sql.query<T & object>(text, values) as Promise<T[]>,
    copyIn: (text, data) => sql.copyIn(text, data),
    close: () => sql.close(),
  }
}
