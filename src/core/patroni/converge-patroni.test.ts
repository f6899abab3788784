import { expect, test } from 'vitest'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { member as alone } from '../plan/documents.suite.ts'
import { nextPatroniStep, type PatroniSeen } from './converge-patroni.ts'

const doc = (changes: Partial<MemberDocument> = {}, founds = true): MemberDocument => ({
  ...alone(),
  patroni: {
    scope: 'i1',
    name: 'h1',
    address: '10.0.0.1',
    restPort: 8008,
    etcd: ['10.0.0.1:7433'],
    founds,
    durability: 'sync',
    shared: {},
  },
  ...changes,
})

const nothing: PatroniSeen = {
  data: 'absent',
  directory: false,
  filesCurrent: false,
  server: { state: 'stopped' },
  strays: [],
  patroni: 'dead',
  answers: false,
  founded: undefined,
  hasRun: false,
  guard: 'fine',
}
const server = {
  state: 'ready',
  pid: 1,
  startedAtMs: 0,
  configGeneration: 1,
  restartGeneration: 1,
} as const
const running: PatroniSeen = {
  ...nothing,
  data: 'present',
  directory: true,
  filesCurrent: true,
  server,
  patroni: 'alive',
  answers: true,
  founded: true,
  hasRun: true,
}
const step = (of: MemberDocument, seen: Partial<PatroniSeen>, from: PatroniSeen = nothing) =>
  nextPatroniStep(of, { ...from, ...seen }, { failures: 0, retryAtMs: 0 }, 1)
const kinds = (of: MemberDocument, ...seen: Partial<PatroniSeen>[]): string[] =>
  seen.map((changes) => step(of, changes).kind)

test('who founds makes its data, runs them alone, and then lets Patroni find them running', () => {
  const ready = { filesCurrent: true, founded: false }
  expect(
    kinds(doc(), {}, ready, { ...ready, data: 'present' }, { ...ready, data: 'present', server }),
  ).toEqual(['write-files', 'create-data', 'start-server', 'start-patroni'])
})

test('who does not found waits until somebody has, and leaves the copying to Patroni', () => {
  const copying = { filesCurrent: true }
  expect(step(doc({}, false), { ...copying, founded: false })).toEqual({
    kind: 'wait',
    state: 'starting',
  })
  expect(step(doc({}, false), { ...copying, founded: true }).kind).toBe('start-patroni')
  expect(step(doc({}, false), { data: 'absent', server: { state: 'stopped' } }, running)).toEqual({
    kind: 'wait',
    state: 'initialising',
  })
})

test('data are not made a second time, neither by who founded nor where etcd is silent', () => {
  const lost = { filesCurrent: true, founded: false }
  expect(step(doc({ initialised: true }), lost)).toEqual({
    kind: 'give-up',
    reason: 'data-missing',
  })
  expect(step(doc(), { filesCurrent: true, founded: undefined }).kind).toBe('wait')
  // Lost data of a scope that has others are copied, by who founded as by anybody.
  expect(step(doc({ initialised: true }), { ...lost, founded: true }).kind).toBe('start-patroni')
})

test('a Patroni that ran here before is started also while etcd is silent', () => {
  const dead = { patroni: 'dead', answers: false, founded: undefined } as const
  expect(step(doc(), dead, running).kind).toBe('start-patroni')
  expect(step(doc(), { ...dead, hasRun: false }, running).kind).toBe('wait')
})

test('a running member gets its files, a reload and a restart, in this order, and then rests', () => {
  const newer = doc({ configGeneration: 2, restartGeneration: 2 })
  expect(step(newer, { filesCurrent: false }, running).kind).toBe('write-files')
  expect(step(newer, {}, running).kind).toBe('reload')
  const reloaded = { server: { ...server, configGeneration: 2 } }
  expect(step(newer, reloaded, running).kind).toBe('restart-server')
  expect(step(doc(), {}, running)).toEqual({ kind: 'rest', state: 'ready' })
})

test('a Patroni that gave no answer yet is told nothing, for a signal would end it', () => {
  expect(step(doc({ configGeneration: 2 }), { answers: false }, running).kind).toBe('wait')
})

test('with a new engine Patroni is started anew, and the server runs on until it is restarted', () => {
  expect(step(doc(), { patroni: 'outdated' }, running)).toEqual({
    kind: 'kill-patroni',
    reason: 'outdated',
  })
})

test('the guard’s word comes first, and nothing that failed before delays it', () => {
  const waits = { failures: 9, retryAtMs: 1000 }
  const fenced = { ...running, guard: 'fence' } as const
  expect(nextPatroniStep(doc(), fenced, waits, 1)).toEqual({ kind: 'fence' })
  expect(step(doc(), { guard: 'restart' }, running)).toEqual({
    kind: 'kill-patroni',
    reason: 'silent',
  })
})

test('a member that is to end ends its Patroni first, then what that left', () => {
  const stopped = doc({ wanted: 'stopped' })
  expect(step(stopped, {}, running).kind).toBe('stop-patroni')
  expect(step(stopped, { guard: 'restart' }, running).kind).toBe('kill-patroni')
  expect(step(stopped, { patroni: 'dead' }, running).kind).toBe('stop-server')
  const quiet = { patroni: 'dead', server: { state: 'stopped' } } as const
  expect(step(stopped, { ...quiet, strays: [7] }, running)).toEqual({
    kind: 'end-strays',
    pids: [7],
  })
  expect(step(stopped, quiet, running)).toEqual({ kind: 'rest', state: 'stopped' })
  expect(step(doc({ wanted: 'absent' }), quiet, running).kind).toBe('remove')
})
