import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Ancestry, BackupEngineKind } from '../../contract/lineage.ts'
import { placeFor } from '../../core/policy/kept-in.ts'
import type { Dependencies } from '../dependencies.ts'
import { withSession } from '../instance/owner.ts'
import { recipeOf } from './recipe.ts'

const MIB = 1024 * 1024
const DEFAULT_SEGMENT_MIB = 16

export interface Beginning {
  readonly instance: InstanceDocument
  readonly operation: string
  readonly engineKind: BackupEngineKind
  readonly parent?: Ancestry | undefined
  /** Of a server that is there already. */
  readonly systemIdentifier?: string
}

/**
 * The lineage of an instance in the making. Before its server starts, so that the first WAL file has a place. Repeated by
 * the same operation it gives the same lineage.
 */
export async function beginLineage(d: Dependencies, b: Beginning): Promise<LineageDocument> {
  const { instance, operation } = b
  const { project, service } = instance
  const all = (await d.documents.lineages.list()).map((l) => l.value)
  const begun = all.find(
    (l) => l.createdBy === operation && l.project === project && l.service === service,
  )
  if (begun) return begun
  const id = d.newId()
  const lineage: LineageDocument = {
    format: 1,
    id,
    project,
    service,
    instanceId: instance.id,
    ...(instance.host === undefined ? {} : { host: instance.host }),
    engine: b.engineKind,
    major: instance.engine.major,
    systemIdentifier: b.systemIdentifier ?? '',
    walSegmentBytes: (instance.initdb.walSegmentSizeMib ?? DEFAULT_SEGMENT_MIB) * MIB,
    ...(b.parent ? { parent: b.parent } : {}),
    directory: d.driver.placeLineage(id),
    createdAt: new Date().toISOString(),
    createdBy: operation,
    keptIn: placeFor(b.engineKind, instance.backups ?? {}),
    recipe: recipeOf(instance, ''),
  }
  await d.store.write([d.documents.lineages.put([id], lineage, 0)])
  return lineage
}

/** What only the running server knows of its lineage. */
export async function identifyLineage(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
): Promise<void> {
  const { lineages } = d.documents
  const [row] = await withSession(d, member, (session) =>
    session.query<{ id: string }>('select system_identifier::text as id from pg_control_system()'),
  )
  const found = await lineages.get(lineage.id)
  if (!row || !found || found.value.systemIdentifier === row.id) return
  const next = { ...found.value, systemIdentifier: row.id }
  await d.store.write([lineages.put([lineage.id], next, found.revision)])
}
