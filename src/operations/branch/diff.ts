import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { type SchemaChange, schemaDiff, type SchemaObject } from '../../core/schema/schema-diff.ts'
import { schemaQueries } from '../../core/schema/schema-queries.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { awake, instanceOf, untilReady } from '../members.ts'
import { demandParent } from './parent.ts'

/**
 * How a branch's schema differs from that of its parent today, both asked now. A sleeping server is woken for it; one that
 * is stopped is not started.
 */
export async function diffBranch(
  d: Dependencies,
  { project, service }: { project: string; service: string },
  signal: AbortSignal,
): Promise<{ parent: string; changes: SchemaChange[] }> {
  const branch = await instanceOf(d, project, service)
  const parent = await demandParent(d, branch)
  const [before, after] = await Promise.all([
    schemaOf(d, parent, branch.database, signal),
    schemaOf(d, branch, branch.database, signal),
  ])
  return { parent: parent.service, changes: schemaDiff(before, after) }
}

async function schemaOf(
  d: Dependencies,
  { project, service, wanted }: InstanceDocument,
  database: string,
  signal: AbortSignal,
): Promise<SchemaObject[]> {
  if (wanted === 'stopped') throw new AppError('INSTANCE_NOT_RUNNING', `“${service}” is stopped`)
  const member = await awake(d, project, service, signal)
  await untilReady(d, member, signal)
  const session = await d.driver.session(member, { database })
  try {
    await session.query('begin transaction isolation level repeatable read read only')
    await session.query(`set local search_path = ''`)
    const objects: SchemaObject[] = []
    for (const query of schemaQueries) objects.push(...(await session.query<SchemaObject>(query)))
    return objects
  } finally {
    await session.close()
  }
}
