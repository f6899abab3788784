import type { InstanceDocument } from '../contract/documents/instance.ts'
import { ArchiveLoop } from './archive-loop.ts'
import { forEachInstance, type InstanceLoop } from './each-instance.ts'
import type { AgentEnvironment } from './environment.ts'
import { IdleLoop } from './idle-loop.ts'
import { runMembers } from './members.ts'

/**
 * Looks after this host's servers and their archives until `signal` aborts; the servers run on after that. Resolves when
 * no step is under way any more. Throws when a document cannot be read, which ends all of it.
 */
export async function runAgent(env: AgentEnvironment, signal: AbortSignal): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const parts = [
    runMembers(env, either),
    forEachInstance(env, (instance) => archiveLoop(env, instance), either),
    forEachInstance(env, (instance) => idleLoop(env, instance), either),
  ]
  const ended = await Promise.allSettled(parts.map((p) => p.finally(() => failed.abort())))
  const failure = ended.find((part) => part.status === 'rejected')
  if (failure) throw failure.reason
}

/** For the lineage that it writes; an operation that removes it sees to the last of it. */
function archiveLoop(
  env: AgentEnvironment,
  { project, service, lineage, phase }: InstanceDocument,
): InstanceLoop | undefined {
  if (!lineage || phase === 'deleting') return undefined
  const begin = () => new ArchiveLoop(lineage, [project, service], env)
  return { about: `lineage ${lineage}`, begin }
}

function idleLoop(
  env: AgentEnvironment,
  { project, service, suspendAfterMs }: InstanceDocument,
): InstanceLoop | undefined {
  if (!suspendAfterMs) return undefined
  const begin = () => new IdleLoop([project, service], env)
  return { about: `idleness of ${project}/${service}`, begin }
}
