import type { MemberDocument } from '../../contract/documents/member.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import {
  createDatabase,
  createOwner,
  databaseExists,
  demote,
  guardServerRoles,
  openOwner,
  ownDatabase,
  raiseOwner,
  RELOAD,
  STRAY_ARCHIVING,
  straySuperusers,
  takeBack,
} from '../../core/sql/owner.ts'
import type { Session } from '../../drivers/driver.ts'
import type { Dependencies } from '../dependencies.ts'

/** The owner without a password, so that nobody can enter yet, and its database. Safe to repeat. */
export async function ownerAndDatabase(
  d: Dependencies,
  member: MemberDocument,
  desired: Pick<DesiredInstance, 'user' | 'database' | 'initFiles' | 'scriptsAs'>,
): Promise<void> {
  await withSession(d, member, async (session) => {
    for (const sql of guardServerRoles(member.engine.major)) await session.query(sql)
    for (const sql of createOwner(desired.user)) await session.query(sql)
    await ensureDatabase(session, desired.database, desired.user)
    const isRaised = desired.initFiles.length > 0 && desired.scriptsAs !== 'owner'
    if (isRaised) await session.query(raiseOwner(desired.user))
  })
}

/** The last step of a creation: the owner gets its password and no more rights than a managed owner has. */
export async function openToOwner(
  d: Dependencies,
  member: MemberDocument,
  desired: DesiredInstance,
): Promise<void> {
  const name = `credentials/${member.project}/${member.service}`
  const password = d.secrets.open(name, desired.sealedPassword)
  await withSession(d, member, async (session) => {
    await session.query(openOwner(desired.user, d.secrets.scramVerifier(password)))
    if (desired.initFiles.length === 0) return
    await takeBackArchiving(d, member, session)
    for (const { rolname } of await session.query<{ rolname: string }>(
      straySuperusers(SUPERUSER),
    )) {
      await session.query(demote(rolname))
      await d.event({
        severity: 'warning',
        kind: 'superuser-demoted',
        subject: `${member.project}/${member.service}`,
        message: `the start scripts made “${rolname}” a superuser; a managed instance has none but ours, so it is an ordinary role now`,
      })
    }
  })
}

/** Start scripts run as a superuser, and those of a server that was not managed may say where its WAL goes. */
async function takeBackArchiving(
  d: Dependencies,
  { project, service }: MemberDocument,
  session: Session,
): Promise<void> {
  const names = (await session.query<{ name: string }>(STRAY_ARCHIVING)).map((row) => row.name)
  if (names.length === 0) return
  for (const name of names) await session.query(takeBack(name))
  await session.query(RELOAD)
  await d.event({
    severity: 'warning',
    kind: 'archiving-taken-back',
    subject: `${project}/${service}`,
    message: `the start scripts set ${names.join(' and ')} with ALTER SYSTEM; the WAL of a managed instance goes to its lineage, so that was taken back`,
  })
}

export async function ensureDatabase(
  session: Session,
  database: string,
  owner: string,
): Promise<void> {
  const exists = (await session.query(databaseExists(database))).length > 0
  await session.query(exists ? ownDatabase(database, owner) : createDatabase(database, owner))
}

/** Runs `work` on a session of our superuser, which is closed whatever happens. */
export async function withSession<T>(
  d: Dependencies,
  member: MemberDocument,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await d.driver.session(member, { database: 'postgres' })
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
