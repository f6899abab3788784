import type { Dependencies } from '../dependencies.ts'
import { withSession } from '../instance/owner.ts'
import { memberOf } from '../members.ts'

/**
 * Names the present moment of a running instance before something risky is done to it, and tells people the name. What does
 * not run, or has no lineage yet, has nothing to name.
 */
export async function nameRestorePoint(
  d: Dependencies,
  { project, service, operation, before, keptAs = service }: Moment,
): Promise<void> {
  const instance = (await d.documents.instances.get(project, service))?.value
  const status = (await d.documents.observed.get(project, service, '0'))?.value
  if (!instance?.lineage || status?.state !== 'ready') return
  const name = `howdah-${operation}`
  const member = await memberOf(d, project, service)
  await withSession(d, member, (session) =>
    session.query('select pg_create_restore_point($1)', [name]),
  )
  await d.event({
    severity: 'info',
    kind: 'restore-point',
    subject: `${project}/${service}`,
    message: `restore point ${name} before ${before}: \`howdah restore ${keptAs} --to ${name}\` brings this moment back`,
  })
}

interface Moment {
  readonly project: string
  readonly service: string
  /** The operation's id; with it the name is unique. */
  readonly operation: string
  /** What comes after it: `a change of its settings`. */
  readonly before: string
  /** What the instance is called then, when that is another name. */
  readonly keptAs?: string
}
