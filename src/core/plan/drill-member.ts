import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { DataSource, MemberDocument } from '../../contract/documents/member.ts'
import type { Engine } from '../../contract/engine.ts'
import { type MemberPlace, memberDocument } from './member-document.ts'
import { scratchMember } from './scratch-member.ts'

/** Drills' servers count from here; an instance's own from 0, a snapshot's at 1000. */
export const DRILL_INDEX = 2000

export interface DrillMember {
  readonly lineage: LineageDocument
  /** Tells it from the servers of every instance and of every other lineage. */
  readonly id: string
  readonly index: number
  readonly engine: Pick<Engine, 'id' | 'major' | 'minor' | 'binDirectory'>
  readonly place: MemberPlace
  /** Accounts of the host that may enter over the socket. */
  readonly accounts: readonly string[]
  readonly source: DataSource
  readonly recovery: Record<string, string>
}

/**
 * A scratch server that recovers from a lineage, with the settings of its instance and what others leave of the machine. It is
 * removed whatever comes of it, so it never waits for the disk. Pure.
 */
export function drillMember(drill: DrillMember): MemberDocument {
  const { place, source, recovery, index } = drill
  const like = memberDocument({
    instance: instanceLike(drill),
    binDirectory: drill.engine.binDirectory,
    place,
    accounts: drill.accounts,
    source,
    archiving: {},
    open: 'admin',
    recovery,
  })
  const scratch = scratchMember(like, place, '', index)
  return {
    ...scratch,
    source,
    priority: 'background',
    enforced: { ...scratch.enforced, ...ofADrill },
  }
}

const ofADrill = {
  fsync: 'off',
  // Replay writes every page that leaves this memory, maybe many times.
  shared_buffers: '64MB',
  huge_pages: 'off',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  // Nobody would confirm its commits.
  synchronous_standby_names: '',
}

/** What the lineage's instance is, or was: it may be gone. */
function instanceLike({ lineage, engine, id }: DrillMember): InstanceDocument {
  const { recipe, project, service } = lineage
  return {
    format: 1,
    project,
    service,
    id,
    ...(lineage.host === undefined ? {} : { host: lineage.host }),
    createdAt: lineage.createdAt,
    createdBy: '',
    phase: 'creating',
    wanted: 'running',
    engine: { id: engine.id, major: engine.major, minor: engine.minor },
    // For its certificate, which it must have though nobody connects with it.
    endpoint: { host: '127.0.0.1', port: recipe.portWanted },
    portWanted: recipe.portWanted,
    user: recipe.user,
    database: recipe.database,
    initdb: recipe.initdb,
    settings: recipe.settings,
    memoryBytes: recipe.memoryBytes,
    cpus: recipe.cpus,
    tls: recipe.tls,
    passwordFingerprint: '',
  }
}
