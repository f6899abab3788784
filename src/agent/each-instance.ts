import type { InstanceDocument } from '../contract/documents/instance.ts'
import { isOwn } from '../contract/own-host.ts'
import type { Change } from '../store/store.ts'
import type { AgentEnvironment } from './environment.ts'
import { keepRunning } from './keep-running.ts'

/** A loop for an instance; another one takes its place when `about` changes. */
export interface InstanceLoop {
  /** What it looks after: `lineage 7f3a…`. */
  readonly about: string
  readonly begin: () => { run(signal: AbortSignal): Promise<void> }
}

/**
 * Keeps a loop running for each instance of this host for which `loopFor` gives one, until `signal` aborts. Resolves when none runs
 * any more. Throws when a document cannot be read.
 */
export async function forEachInstance(
  env: AgentEnvironment,
  loopFor: (instance: InstanceDocument) => InstanceLoop | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { instances } = env.documents
  const running = new Map<string, { about: string; stop: AbortController }>()
  const ended = new Set<Promise<void>>()
  const end = (key: string): void => {
    running.get(key)?.stop.abort()
    running.delete(key)
  }
  const follow = (change: Change): void => {
    if (change.kind === 'delete') return end(change.key)
    const { key, value } = instances.parse(change.entry)
    const loop = isOwn(env.host, value) ? loopFor(value) : undefined
    if (running.get(key)?.about === loop?.about) return
    end(key)
    if (!loop) return
    const stop = new AbortController()
    running.set(key, { about: loop.about, stop })
    const run = keepRunning(loop.begin(), loop.about, env, AbortSignal.any([signal, stop.signal]))
    ended.add(run)
    void run.finally(() => ended.delete(run))
  }
  try {
    const prefix = `${instances.prefix}/`
    const changes = env.store.watch(prefix, signal)
    for (const entry of await env.store.list(prefix)) follow({ kind: 'put', entry })
    for await (const change of changes) follow(change)
  } finally {
    for (const { stop } of running.values()) stop.abort()
    await Promise.all(ended)
  }
}
