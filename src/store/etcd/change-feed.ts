import { setTimeout as pause } from 'node:timers/promises'
import type { EtcdClient } from '../../system/etcd/etcd-client.ts'
import { numberOf, prefixRange, type WatchAnswer } from '../../system/etcd/messages.ts'
import { ChangeQueue } from '../change-queue.ts'
import type { Change } from '../store.ts'
import { differences } from './differences.ts'
import { documentKey, entryOf, type KeySpace } from './key-space.ts'
import { readAll } from './read.ts'

interface Watcher {
  readonly prefix: string
  /** Changes up to here were made before the watch began. */
  after: number
  readonly queue: ChangeQueue
}

type Event = NonNullable<WatchAnswer['events']>[number]

const PAUSE_MS = 200

/**
 * One stream of all changes of the store for all watches of this process. It knows each key's revision, so that it can go on after
 * anything: a stream that broke resumes behind the last change that was told, and when etcd has compacted what follows, the difference
 * to what is there now is told instead.
 */
export class ChangeFeed {
  readonly #client: EtcdClient
  readonly #space: KeySpace
  readonly #watchers = new Set<Watcher>()
  readonly #stop = new AbortController()
  #ended: Promise<void> = Promise.resolve()
  #seen = new Map<string, number>()
  /** All changes up to here were told. */
  #position = 0

  constructor(client: EtcdClient, space: KeySpace) {
    this.#client = client
    this.#space = space
  }

  /** Throws as the client does when there is no etcd at the start; later it waits until there is one again. */
  async start(): Promise<void> {
    const { kvs, revision } = await readAll(this.#client, this.#space.documents, { keysOnly: true })
    for (const kv of kvs) this.#seen.set(documentKey(this.#space, kv), numberOf(kv.mod_revision))
    this.#position = revision
    this.#ended = this.#run()
  }

  /** In place at once: what this process does after it has a later revision than all that etcd ever told it of. */
  watch(prefix: string, signal: AbortSignal): AsyncIterable<Change> {
    const watcher = { prefix, after: this.#client.revision, queue: new ChangeQueue(signal) }
    if (signal.aborted) return watcher.queue
    this.#watchers.add(watcher)
    signal.addEventListener('abort', () => this.#watchers.delete(watcher), { once: true })
    return watcher.queue
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#follow()
      } catch {
        // Streams break; the next one begins where this one ended, at another endpoint if that one is to blame.
        // A pause that the end of the store cuts short; the loop sees that by itself.
        await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #follow(): Promise<void> {
    const range = prefixRange(this.#space.documents)
    const start_revision = String(this.#position + 1)
    const options = { start_revision, progress_notify: true, fragment: true }
    const message = { create_request: { ...range, ...options } }
    let fragments: Event[] = []
    const answers = this.#client.stream<WatchAnswer>('/v3/watch', message, this.#stop.signal)
    for await (const answer of answers) {
      const revision = numberOf(answer.header?.revision)
      if (answer.created && revision < this.#position) return this.#startOver()
      if (answer.canceled) return this.#catchUp()
      fragments.push(...(answer.events ?? []))
      if (answer.fragment) continue
      if (fragments.length > 0) this.#tellEvents(fragments)
      // Nothing new, and nothing is missing up to there: so a quiet watch is not left behind by compaction.
      else if (!answer.created) this.#position = Math.max(this.#position, revision)
      fragments = []
    }
  }

  #tellEvents(events: readonly Event[]): void {
    const told = this.#position
    for (const { type, kv = {} } of events) {
      const revision = numberOf(kv.mod_revision)
      if (revision <= told) continue
      this.#position = revision
      const key = documentKey(this.#space, kv)
      if (type === 'DELETE') this.#seen.delete(key)
      else this.#seen.set(key, revision)
      const isDelete = type === 'DELETE'
      this.#tell(
        isDelete
          ? { kind: 'delete', key, revision }
          : { kind: 'put', entry: entryOf(this.#space, kv) },
      )
    }
  }

  async #catchUp(): Promise<void> {
    const { kvs, revision } = await readAll(this.#client, this.#space.documents)
    const entries = kvs.map((kv) => entryOf(this.#space, kv))
    const changes = differences(this.#seen, entries, revision)
    this.#seen = new Map(entries.map((entry) => [entry.key, entry.revision]))
    this.#position = revision
    for (const change of changes) this.#tell(change)
  }

  /** etcd was put back to an older state: its revisions are not what they were. */
  async #startOver(): Promise<void> {
    this.#client.forgetRevision(0)
    for (const watcher of this.#watchers) watcher.after = 0
    await this.#catchUp()
  }

  #tell(change: Change): void {
    const key = change.kind === 'put' ? change.entry.key : change.key
    const revision = change.kind === 'put' ? change.entry.revision : change.revision
    for (const { prefix, after, queue } of this.#watchers) {
      if (revision > after && key.startsWith(prefix)) queue.push(change)
    }
  }
}
