import { defaultBackupPolicy } from '../contract/backup-policy.ts'
import type { InstanceDocument } from '../contract/documents/instance.ts'
import type { LineageDocument } from '../contract/documents/lineage.ts'
import type { OperationDocument } from '../contract/documents/operation.ts'
import { isOwn } from '../contract/own-host.ts'
import type { Attempt } from '../core/policy/attempts.ts'
import type { LineageFacts, Scheduled } from '../core/policy/schedule.ts'
import type { Dependencies } from '../operations/dependencies.ts'

/** The kind of operation that does each scheduled work. */
export const kindOf: Readonly<Record<Scheduled | 'branch', string>> = {
  backup: 'backup-create',
  drill: 'drill',
  prune: 'prune',
  branch: 'branch-remove',
}

/** What of a home decides what is to be done next; in a cluster, what of this host. */
export interface HomeFacts {
  readonly lineages: readonly LineageFacts[]
  readonly instances: readonly InstanceDocument[]
  readonly operations: readonly OperationDocument[]
}

/**
 * Reads all that schedules go by. The lineages of other homes, which were imported to restore from, are theirs to look after, and those
 * of other hosts are their daemons'.
 */
export async function homeFacts({
  documents: docs,
  driver,
  host,
}: Pick<Dependencies, 'documents' | 'driver' | 'host'>): Promise<HomeFacts> {
  const [all, live, backups, drills, archives, operations] = await Promise.all([
    docs.lineages.list(),
    docs.instances.list(),
    docs.backups.list(),
    docs.drills.list(),
    docs.archives.list(),
    docs.operations.list(),
  ])
  const values = <T>(found: readonly { value: T }[]): T[] => found.map((f) => f.value)
  const own = <T extends { readonly host?: string | undefined }>(
    found: readonly { value: T }[],
  ): T[] => values(found).filter((value) => isOwn(host, value))
  const ours = own(all).filter((l) => l.directory === driver.placeLineage(l.id))
  const instances = own(live)
  const lineages = ours.map(async (lineage): Promise<LineageFacts> => {
    const { id } = lineage
    const writer = instances.find((i) => i.lineage === id)
    const tries = (what: Scheduled): Attempt[] =>
      attemptsOf(own(operations), (o) => o.kind === kindOf[what] && inputOf(o).lineage === id)
    return {
      lineage,
      policy: writer ? (writer.backups ?? defaultBackupPolicy) : lineage.recipe.policy,
      ...(writer?.branch ? { isBranch: true } : {}),
      server: writer ? await serverOf(docs, writer) : 'gone',
      backups: values(backups).filter((b) => b.lineage === id),
      drills: values(drills).filter((drill) => drill.lineage === id),
      archive: values(archives).find((a) => a.lineage === id),
      attempts: { backup: tries('backup'), drill: tries('drill'), prune: tries('prune') },
    }
  })
  return { lineages: await Promise.all(lineages), instances, operations: own(operations) }
}

const resting: readonly string[] = ['stopped', 'suspended']

async function serverOf(
  { members, observed }: Dependencies['documents'],
  { project, service, phase }: InstanceDocument,
): Promise<LineageFacts['server']> {
  const member = (await members.get(project, service, '0'))?.value
  const state = (await observed.get(project, service, '0'))?.value.state
  if (phase !== 'live' || !member || state === undefined) return 'unavailable'
  if (member.wanted === 'running') return state === 'ready' ? 'running' : 'unavailable'
  return resting.includes(state) ? 'resting' : 'unavailable'
}

/** The scheduled ones among these operations that have ended. */
export function attemptsOf(
  operations: readonly OperationDocument[],
  isOne: (operation: OperationDocument) => boolean,
): Attempt[] {
  return operations.flatMap((o) => {
    const { state, createdAt, finishedAt } = o
    if (!finishedAt || !inputOf(o).scheduled || !isOne(o)) return []
    if (state !== 'done' && state !== 'failed' && state !== 'cancelled') return []
    const startedAtMs = Date.parse(createdAt)
    return [{ outcome: state, startedAtMs, finishedAtMs: Date.parse(finishedAt) }]
  })
}

interface ScheduledInput {
  readonly lineage?: LineageDocument['id']
  readonly scheduled?: boolean
}

/** What the inputs of scheduled kinds have in common; another kind’s has neither. */
export const inputOf = ({ input }: OperationDocument): ScheduledInput =>
  typeof input === 'object' && input !== null ? input : {}
