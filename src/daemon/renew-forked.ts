import type { ArchiveDocument } from '../contract/documents/lineage.ts'
import { isOwn } from '../contract/own-host.ts'
import { restUntil } from '../core/policy/attempts.ts'
import { segmentPlace } from '../core/wal/segment-name.ts'
import { formatLsn } from '../core/wal/lsn.ts'
import { AppError } from '../errors/app-error.ts'
import type { Dependencies } from '../operations/dependencies.ts'
import { enqueue } from '../operations/enqueue.ts'
import { instanceOfLineage } from '../operations/lineage/instance-of.ts'
import { lineageRenew } from '../operations/procedures/renew-lineage.ts'
import { attemptsOf, inputOf } from './schedule-facts.ts'

type Renewing = Pick<Dependencies, 'store' | 'documents' | 'host'>

/** A server can be told where to archive. */
const able: readonly string[] = ['ready', 'stopped', 'suspended']

/**
 * Gives each server of this host that writes another history than its lineage has a new lineage, until `signal` aborts. Nothing of it can be restored
 * before, so this is no schedule and goes on without them. An archive’s document is written every minute at least, which
 * is when what could not be begun is tried again. A failure to look goes to `onError`.
 */
export async function renewForked(
  d: Renewing,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  const { archives } = d.documents
  const changes = d.store.watch(`${archives.prefix}/`, signal)
  for (const { value } of await archives.list()) await look(value)
  for await (const change of changes) {
    if (change.kind === 'put') await look(archives.parse(change.entry).value)
  }

  async function look(archive: ArchiveDocument): Promise<void> {
    try {
      await renewIfForked(d, archive)
    } catch (error) {
      onError(error)
    }
  }
}

async function renewIfForked(d: Renewing, archive: ArchiveDocument): Promise<void> {
  const { lineage: id, problems } = archive
  const fork = problems.find(({ kind }) => kind === 'forked')
  if (!fork) return
  const { documents: docs } = d
  const lineage = (await docs.lineages.get(id))?.value
  const writer = await instanceOfLineage(d, id)
  if (!lineage || writer?.phase !== 'live' || !isOwn(d.host, writer)) return
  const { project, service } = writer
  const state = (await docs.observed.get(project, service, '0'))?.value.state
  if (state === undefined || !able.includes(state)) return
  const operations = (await docs.operations.list()).map((o) => o.value)
  const tries = attemptsOf(operations, (o) => {
    return o.kind === lineageRenew.kind && inputOf(o).lineage === id
  })
  const nowMs = Date.now()
  if (restUntil(tries, nowMs) > nowMs) return
  const at = placeIn(fork.segment, lineage.walSegmentBytes)
  const input = { project, service, why: 'fork', lineage: id, ...at, scheduled: true }
  try {
    await enqueue(d, lineageRenew, input)
  } catch (error) {
    if (AppError.from(error).code !== 'OPERATION_CONFLICT') throw error
  }
}

/** Where the segment begins from which on the two differ; a history's file tells no place. */
function placeIn(segment: string | undefined, segmentBytes: number) {
  if (segment === undefined || !/^[0-9A-F]{24}$/.test(segment)) return {}
  const { timeline, startLsn } = segmentPlace(segment, segmentBytes)
  return { at: { timeline, lsn: formatLsn(startLsn) } }
}
