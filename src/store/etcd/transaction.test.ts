import { expect, test } from 'vitest'
import { encodeText, type KeyValue } from '../../system/etcd/messages.ts'
import { foldWrites } from './fold-writes.ts'
import { keySpace } from './key-space.ts'
import { outcomeOf, transaction } from './transaction.ts'

const space = keySpace('/howdah/')
const mark = { key: '/howdah/writes/77/0', revision: 12, lease: '77' }
const folds = foldWrites([
  { kind: 'put', key: 'free', value: 1 },
  { kind: 'put', key: 'held', value: 2, ifRevision: 5, lease: '9' },
  { kind: 'delete', key: 'old', ifRevision: 6 },
])
const header = { revision: '20' }
const kv = (value: string, mod_revision = '15'): KeyValue => ({
  value: encodeText(value),
  mod_revision,
})
const read = (...kvs: (KeyValue | undefined)[]) =>
  kvs.map((one) => ({ response_range: { kvs: one ? [one] : [] } }))

test('the mark is moved from its exact revision, whatever becomes of the rest', () => {
  const request = transaction(space, folds, mark, 'me')
  const key = encodeText(mark.key)
  expect(request.compare).toEqual([{ target: 'MOD', result: 'EQUAL', key, mod_revision: '12' }])
  expect(request.success[1]).toEqual({
    request_put: { key, value: encodeText('me'), lease: '77' },
  })
})

test('a write of nothing but deletions has no put that etcd would count against its quota', () => {
  const deletions = foldWrites([{ kind: 'delete', key: 'old' }])
  const request = transaction(space, deletions, mark, 'me')
  expect(request.success.filter((one) => 'request_put' in one)).toEqual([])
})

test('a write that was done has the revision of its answer', () => {
  const answer = { header, succeeded: true, responses: [{ response_txn: { succeeded: true } }, {}] }
  expect(outcomeOf(answer, folds, 'me')).toEqual({ kind: 'written', revision: 20 })
})

test('the first condition that did not hold is named', () => {
  const of = (held: string | undefined, old: string | undefined) => {
    const found = [held, old].map((revision) => revision && kv('', revision))
    const inner = { responses: read(...found.map((one) => one || undefined)) }
    return outcomeOf({ header, succeeded: true, responses: [{ response_txn: inner }] }, folds, 'me')
  }
  expect(of('5', '7')).toEqual({ kind: 'conflict', key: 'old', revision: 20 })
  expect(of(undefined, '7')).toEqual({ kind: 'conflict', key: 'held', revision: 20 })
})

test('a second copy reads what became of the first', () => {
  expect(outcomeOf({ header, responses: read(kv('me'), kv('earlier')) }, folds, 'me')).toEqual({
    kind: 'written',
    revision: 15,
  })
  expect(outcomeOf({ header, responses: read(kv('me'), kv('me')) }, folds, 'me')).toEqual({
    kind: 'conflict',
    key: 'held',
    revision: 15,
  })
})

test('a mark that is gone, or another write’s, tells nothing', () => {
  const gone = { kind: 'markGone' }
  expect(outcomeOf({ header, responses: read(undefined, undefined) }, folds, 'me')).toEqual(gone)
  expect(outcomeOf({ header, responses: read(kv('other'), undefined) }, folds, 'me')).toEqual(gone)
})
