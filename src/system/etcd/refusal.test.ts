import { expect, test } from 'vitest'
import { isLasting, parseAnswer, readAnswer, refusalError, Status, statusOf } from './refusal.ts'

const lost = { status: 5, message: 'etcdserver: requested lease not found' }

test.each([
  ['3.4', 404, { error: lost.message, message: lost.message, code: 5 }],
  ['3.5.30', 404, { code: 5, message: lost.message }],
  ['3.4, in a stream', 200, { error: { grpc_code: 5, http_code: 404, message: lost.message } }],
  ['3.5.30, in a stream', 200, { error: { code: 5, message: lost.message } }],
])('a refusal of etcd %s is read', (_, httpStatus, answer) => {
  expect(readAnswer(httpStatus, answer)).toEqual({ refusal: lost })
})

test('an answer is read, also out of a stream of one', () => {
  expect(readAnswer(200, { header: {} })).toEqual({ message: { header: {} } })
  expect(readAnswer(200, parseAnswer('{"result":{"ID":"1"}}\n'))).toEqual({ message: { ID: '1' } })
})

test('an answer that broke off, or is no JSON, is none', () => {
  expect(readAnswer(200, parseAnswer('{"header"'))).toBeUndefined()
  expect(readAnswer(502, parseAnswer('<html>'))).toBeUndefined()
  expect(readAnswer(404, parseAnswer('Not Found\n'))).toMatchObject({ refusal: { status: 12 } })
})

test('what another member or another moment could answer is not lasting', () => {
  const of = (status: number) => isLasting({ status, message: '' })
  expect([Status.unavailable, 4, 2, Status.resourceExhausted].map(of)).toEqual(Array(4).fill(false))
  expect([Status.notFound, Status.outOfRange, Status.invalidArgument].map(of)).toEqual(
    Array(3).fill(true),
  )
})

test('the status of a refusal is known to who catches it', () => {
  expect(statusOf(refusalError(lost, '/v3/kv/txn', false))).toBe(5)
  expect(statusOf(new Error('other'))).toBeUndefined()
})
