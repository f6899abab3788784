import { randomUUID } from 'node:crypto'
import { AppError } from '../../errors/app-error.ts'
import { type EtcdAccess, EtcdClient } from '../../system/etcd/etcd-client.ts'
import { type LeaseAnswer, numberOf, type TxnAnswer } from '../../system/etcd/messages.ts'
import { statusOf, Status, wasRepeated } from '../../system/etcd/refusal.ts'
import { conflict, leaseEnded } from '../conflict.ts'
import type { Change, Entry, Store, Write } from '../store.ts'
import { ChangeFeed } from './change-feed.ts'
import { checkSize, type Fold, foldWrites } from './fold-writes.ts'
import { entryOf, type KeySpace, keySpace } from './key-space.ts'
import { Marks } from './marks.ts'
import { readAll, readKey } from './read.ts'
import { lookup, type Mark, type Outcome, outcomeOf, transaction } from './transaction.ts'

export interface EtcdStoreOptions extends EtcdAccess {
  /** Under which all keys are; ends with a slash. */
  readonly prefix?: string
}

/**
 * The store of many machines. Every read is of the cluster's majority. Throws STORE_UNAVAILABLE when no member answers, and later
 * STORE_OUTCOME_UNKNOWN for a write of which nobody could say in time whether it was done; see {@link Mark} for why that is rare.
 */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<EtcdStore> {
  const client = new EtcdClient(options)
  const space = keySpace(options.prefix ?? '/howdah/')
  const feed = new ChangeFeed(client, space)
  try {
    await feed.start()
  } catch (error) {
    client.close()
    throw error
  }
  return new EtcdStore(client, space, feed)
}

export class EtcdStore implements Store {
  readonly #client: EtcdClient
  readonly #space: KeySpace
  readonly #feed: ChangeFeed
  readonly #marks: Marks

  constructor(client: EtcdClient, space: KeySpace, feed: ChangeFeed) {
    this.#client = client
    this.#space = space
    this.#feed = feed
    this.#marks = new Marks(client, space.marks)
  }

  async get(key: string): Promise<Entry | undefined> {
    const kv = await readKey(this.#client, this.#space.documents + key)
    return kv && entryOf(this.#space, kv)
  }

  async list(prefix: string): Promise<Entry[]> {
    const { kvs } = await readAll(this.#client, this.#space.documents + prefix)
    return kvs.map((kv) => entryOf(this.#space, kv))
  }

  async write(writes: readonly Write[]): Promise<number> {
    const folds = foldWrites(writes)
    checkSize(folds)
    for (;;) {
      const mark = await this.#marks.take()
      const outcome = await this.#write(folds, mark)
      // Its lease had ended, so nothing was done: with a mark of a new one.
      if (outcome.kind === 'markGone') continue
      await this.#marks.giveBack(mark, outcome.revision)
      if (outcome.kind === 'conflict') throw conflict(outcome.key)
      return outcome.revision
    }
  }

  watch(prefix: string, signal: AbortSignal): AsyncIterable<Change> {
    return this.#feed.watch(prefix, signal)
  }

  async grantLease(ttlMs: number): Promise<string> {
    const message = { TTL: String(Math.max(1, Math.ceil(ttlMs / 1000))) }
    // One whose answer was lost is used by nobody, and ends.
    const { ID } = await this.#lease('grant', message)
    return ID ?? ''
  }

  async renewLease(lease: string): Promise<boolean> {
    const { TTL } = await this.#lease('keepalive', { ID: lease })
    return numberOf(TTL) > 0
  }

  async revokeLease(lease: string): Promise<void> {
    try {
      await this.#lease('revoke', { ID: lease })
    } catch (error) {
      if (statusOf(error) !== Status.notFound) throw error
    }
  }

  async close(): Promise<void> {
    const ended = this.#feed.close()
    await this.#marks.close()
    this.#client.close()
    await ended
  }

  #lease(verb: 'grant' | 'keepalive' | 'revoke', message: object): Promise<LeaseAnswer> {
    const effect = verb === 'revoke' ? 'same' : 'nothing'
    return this.#client.call<LeaseAnswer>(`/v3/lease/${verb}`, message, { effect })
  }

  async #write(folds: readonly Fold[], mark: Mark): Promise<Outcome> {
    const id = randomUUID()
    const message = transaction(this.#space, folds, mark, id)
    try {
      const options = { effect: 'same' } as const
      const answered = await this.#client.ask<TxnAnswer>('/v3/kv/txn', message, options)
      const outcome = outcomeOf(answered.message, folds, id)
      if (outcome.kind === 'markGone' && answered.repeated) throw unknown(folds)
      if (outcome.kind === 'markGone') await this.#marks.isOver(mark)
      return outcome
    } catch (error) {
      if (statusOf(error) === Status.notFound) {
        if (!wasRepeated(error)) return this.#leaseGone(folds, mark)
        return this.#earlierCopy(folds, mark, id)
      }
      // Another copy of it may have been taken.
      throw wasRepeated(error) ? unknown(folds, error) : error
    }
  }

  /** A lease is not there, the mark's or one that documents are written under: so nothing was done. */
  async #leaseGone(folds: readonly Fold[], mark: Mark): Promise<Outcome> {
    if (await this.#marks.isOver(mark)) return { kind: 'markGone' }
    await this.#marks.giveBack(mark, mark.revision)
    throw leaseEnded(keysOf(folds))
  }

  /** A lease is not there any more, so no copy can be done from now on; the mark tells whether an earlier one was. */
  async #earlierCopy(folds: readonly Fold[], mark: Mark, id: string): Promise<Outcome> {
    let outcome: Outcome
    try {
      if (await this.#marks.isOver(mark)) throw unknown(folds)
      const read = { effect: 'nothing' } as const
      const answer = await this.#client.call<TxnAnswer>('/v3/kv/txn', lookup(mark), read)
      outcome = outcomeOf(answer, folds, id)
    } catch (error) {
      throw unknown(folds, error)
    }
    if (outcome.kind === 'markGone') throw leaseEnded(keysOf(folds))
    return outcome
  }
}

const keysOf = (folds: readonly Fold[]): string[] => folds.map(({ key }) => key)

const unknown = (folds: readonly Fold[], cause?: unknown): AppError =>
  new AppError(
    'STORE_OUTCOME_UNKNOWN',
    `nobody knows whether ${keysOf(folds).join(', ')} was written`,
    {
      cause,
    },
  )
