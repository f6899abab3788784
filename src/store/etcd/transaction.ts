import {
  decodeText,
  encodeText,
  type KeyValue,
  numberOf,
  type TxnAnswer,
} from '../../system/etcd/messages.ts'
import type { Write } from '../store.ts'
import type { Fold } from './fold-writes.ts'
import { encodeValue, type KeySpace } from './key-space.ts'

/**
 * A key of ours alone that one write at a time takes along, to the exact revision that it has. Each write moves it once, whether its own
 * conditions hold or not, and leaves its id in it; one whose conditions did not hold leaves its id in a second key too. So the same write
 * may be sent again when its answer was lost, through another member too: a copy that comes second, or an hour later out of a member that
 * stood still, finds the mark moved and does nothing but read what became of the first.
 */
export interface Mark {
  /** The full key. */
  readonly key: string
  /** 0: it is not there yet. */
  readonly revision: number
  /** It goes with this lease, and no write with it can be done any more. */
  readonly lease: string
}

export type Outcome =
  | { readonly kind: 'written'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly key: string; readonly revision: number }
  /** The mark is gone, so this copy did nothing. */
  | { readonly kind: 'markGone' }

/** The request for /v3/kv/txn. `id` is of this write alone. */
export function transaction(space: KeySpace, folds: readonly Fold[], mark: Mark, id: string) {
  const { lease } = mark
  const value = encodeText(id)
  const key = encodeText(mark.key)
  const refusedKey = encodeText(refused(mark))
  const moved = { request_put: { key, value, lease } }
  const conditions = folds.filter((fold) => fold.ifRevision !== undefined)
  const keys = conditions.map((fold) => encodeText(space.documents + fold.key))
  const inner = {
    compare: conditions.map(({ ifRevision }, n) => revisionIs(keys[n] ?? '', ifRevision ?? 0)),
    success: folds.map(({ write }) => operation(space, write)),
    failure: [
      // Read to say which condition it was.
      ...keys.map((one) => ({ request_range: { key: one, keys_only: true } })),
      { request_put: { key: refusedKey, value, lease } },
    ],
  }
  // etcd looks for puts in the outer request alone when its quota is reached. Deletions are to pass then: they make room.
  const isCounted = folds.some(({ write }) => write.kind === 'put')
  const hidden = { request_txn: { compare: [], success: [moved], failure: [] } }
  return {
    compare: [revisionIs(key, mark.revision)],
    success: [{ request_txn: inner }, isCounted ? moved : hidden],
    failure: [{ request_range: { key } }, { request_range: { key: refusedKey } }],
  }
}

/** The request for /v3/kv/txn that only reads what {@link outcomeOf} needs. */
export const lookup = (mark: Mark) => ({
  // Never holds: a key that is there has a revision.
  compare: [{ target: 'VERSION', result: 'LESS', key: encodeText(mark.key), version: '0' }],
  failure: [mark.key, refused(mark)].map((key) => ({ request_range: { key: encodeText(key) } })),
})

/** Beside a mark: the last write with it whose conditions did not hold. */
const refused = (mark: Mark): string => `${mark.key}/refused`

const revisionIs = (key: string, revision: number) => ({
  target: 'MOD',
  result: 'EQUAL',
  key,
  mod_revision: String(revision),
})

function operation(space: KeySpace, write: Write) {
  const key = encodeText(space.documents + write.key)
  if (write.kind === 'delete') return { request_delete_range: { key } }
  const lease = write.lease === undefined ? {} : { lease: write.lease }
  return { request_put: { key, value: encodeValue(write.value), ...lease } }
}

/** What became of the write that {@link transaction} asked for, by this copy or an earlier one. */
export function outcomeOf(answer: TxnAnswer, folds: readonly Fold[], id: string): Outcome {
  if (!answer.succeeded) {
    const [moved, notDone] = answer.responses ?? []
    return noted(
      [moved, notDone].map((one) => one?.response_range?.kvs?.[0]),
      folds,
      id,
    )
  }
  const inner = answer.responses?.[0]?.response_txn
  const revision = numberOf(answer.header?.revision)
  if (inner?.succeeded) return { kind: 'written', revision }
  return { kind: 'conflict', key: failedKey(inner, folds), revision }
}

/** What a mark and the key beside it tell of a write. */
function noted(
  [moved, notDone]: readonly (KeyValue | undefined)[],
  folds: readonly Fold[],
  id: string,
): Outcome {
  if (decodeText(moved?.value) !== id) return { kind: 'markGone' }
  const revision = numberOf(moved?.mod_revision)
  const isDone = decodeText(notDone?.value) !== id
  return isDone
    ? { kind: 'written', revision }
    : { kind: 'conflict', key: failedKey(undefined, folds), revision }
}

/** The first key whose condition did not hold; the first that has one when that was in the answer that was lost. */
function failedKey(inner: TxnAnswer | undefined, folds: readonly Fold[]): string {
  const conditions = folds.filter((fold) => fold.ifRevision !== undefined)
  const found = conditions.find(({ ifRevision }, index) => {
    const kv = inner?.responses?.[index]?.response_range?.kvs?.[0]
    return inner !== undefined && numberOf(kv?.mod_revision) !== ifRevision
  })
  return (found ?? conditions[0])?.key ?? ''
}
