import { expect, test } from 'vitest'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { type MemberSeen, nextStep, retryDelayMs, type ServerSeen } from './converge-member.ts'
import { member } from './documents.suite.ts'

const NOW = 1_000_000
const calm = { failures: 0, retryAtMs: 0 }

const server = (
  state: 'starting' | 'ready' | 'stopping',
  generations: Partial<{ configGeneration: number; restartGeneration: number }> = {},
): ServerSeen => ({
  state,
  pid: 42,
  startedAtMs: 0,
  configGeneration: 1,
  restartGeneration: 1,
  ...generations,
})
const stopped: ServerSeen = { state: 'stopped' }

const seen = (changes: Partial<MemberSeen> = {}): MemberSeen => ({
  data: 'present',
  foundMajor: '16',
  directory: true,
  filesCurrent: true,
  server: stopped,
  strays: [],
  door: 'closed',
  ...changes,
})
const nothing = seen({ data: 'absent', directory: false, filesCurrent: false })

test.each<[string, Partial<MemberDocument>, MemberSeen, object]>([
  ['no data yet', {}, nothing, { kind: 'create-data' }],
  ['data without our files', {}, seen({ filesCurrent: false }), { kind: 'write-files' }],
  ['all in place', {}, seen(), { kind: 'start' }],
  ['starting', {}, seen({ server: server('starting') }), { kind: 'wait', state: 'starting' }],
  ['ready', {}, seen({ server: server('ready') }), { kind: 'rest', state: 'ready' }],
  [
    'ready with old files',
    {},
    seen({ server: server('ready'), filesCurrent: false }),
    { kind: 'write-files' },
  ],
  [
    'ready with files that it has not read',
    { configGeneration: 2 },
    seen({ server: server('ready') }),
    { kind: 'reload' },
  ],
  [
    'ready and older than the last restart that was asked for',
    { restartGeneration: 2 },
    seen({ server: server('ready') }),
    { kind: 'stop' },
  ],
  [
    'starting and older than the last restart that was asked for',
    { restartGeneration: 2 },
    seen({ server: server('starting') }),
    { kind: 'stop' },
  ],
  [
    'somebody stops it',
    {},
    seen({ server: server('stopping') }),
    { kind: 'wait', state: 'stopping' },
  ],
  [
    'data of another major',
    {},
    seen({ data: 'foreign', foundMajor: '15' }),
    { kind: 'give-up', reason: 'data-foreign' },
  ],
  [
    'data that is gone',
    { initialised: true },
    nothing,
    { kind: 'give-up', reason: 'data-missing' },
  ],
  [
    'an initdb whose daemon died',
    {},
    seen({ data: 'absent', strays: [7, 8] }),
    { kind: 'end-strays', pids: [7, 8] },
  ],
  [
    'to be stopped, and runs',
    { wanted: 'stopped' },
    seen({ server: server('ready') }),
    { kind: 'stop' },
  ],
  [
    'to be stopped, and starts',
    { wanted: 'stopped' },
    seen({ server: server('starting') }),
    { kind: 'stop' },
  ],
  ['to be stopped, and is', { wanted: 'stopped' }, seen(), { kind: 'rest', state: 'stopped' }],
  [
    'to be stopped, and its data is gone',
    { wanted: 'stopped', initialised: true },
    nothing,
    { kind: 'rest', state: 'stopped' },
  ],
  [
    'to be absent, and runs',
    { wanted: 'absent' },
    seen({ server: server('ready') }),
    { kind: 'stop' },
  ],
  ['to be absent, and is stopped', { wanted: 'absent' }, seen(), { kind: 'remove' }],
  [
    'to be absent, and is of another major',
    { wanted: 'absent' },
    seen({ data: 'foreign' }),
    { kind: 'remove' },
  ],
  ['to be absent, and is', { wanted: 'absent' }, nothing, { kind: 'rest', state: 'absent' }],
  [
    'to sleep, and runs',
    { wanted: 'suspended' },
    seen({ server: server('ready') }),
    { kind: 'stop' },
  ],
  ['to sleep, and is stopped', { wanted: 'suspended' }, seen(), { kind: 'open-door' }],
  [
    'to sleep, and does',
    { wanted: 'suspended' },
    seen({ door: 'open' }),
    { kind: 'rest', state: 'suspended' },
  ],
  [
    'asleep, and a client waits',
    { wanted: 'suspended' },
    seen({ door: 'knocked' }),
    { kind: 'wake' },
  ],
  [
    'asleep, and to be found elsewhere',
    { wanted: 'suspended' },
    seen({ door: 'elsewhere' }),
    { kind: 'close-door' },
  ],
  [
    'to sleep, and its data is gone',
    { wanted: 'suspended', initialised: true },
    nothing,
    { kind: 'give-up', reason: 'data-missing' },
  ],
  ['asleep, and to run', {}, seen({ door: 'open' }), { kind: 'start' }],
  [
    'asleep, and to be stopped',
    { wanted: 'stopped' },
    seen({ door: 'open' }),
    { kind: 'close-door' },
  ],
  [
    'asleep, and to be absent',
    { wanted: 'absent' },
    seen({ door: 'open' }),
    { kind: 'close-door' },
  ],
])('%s: the next step', (_, changes, state, expected) => {
  expect(nextStep(member(changes), state, calm, NOW)).toEqual(expected)
})

test('after a failure nothing is tried before its time, and then it is', () => {
  const failed = { failures: 3, retryAtMs: NOW + 400 }
  const wait = { kind: 'wait', state: 'crashed', untilMs: NOW + 400 }
  for (const state of [seen(), nothing, seen({ filesCurrent: false })]) {
    expect(nextStep(member(), state, failed, NOW)).toEqual(wait)
  }
  expect(nextStep(member(), seen(), failed, NOW + 400)).toEqual({ kind: 'start' })
  const ready = seen({ server: server('ready') })
  expect(nextStep(member(), ready, failed, NOW)).toEqual({ kind: 'rest', state: 'ready' })
})

test('new data whose recovery failed is not tried again, and data that was ready once always is', () => {
  const failed = { failures: 1, retryAtMs: NOW, recoveryFailed: true }
  const giveUp = { kind: 'give-up', reason: 'recovery' }
  expect(nextStep(member(), seen(), failed, NOW)).toEqual(giveUp)
  const initialised = member({ initialised: true })
  expect(nextStep(initialised, seen(), failed, NOW)).toEqual({ kind: 'start' })
  const stop = member({ wanted: 'absent' })
  expect(nextStep(stop, seen(), failed, NOW)).toEqual({ kind: 'remove' })
})

test('delays between tries double from 0.1 s and end at 30 s', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100].map(retryDelayMs)
  expect(delays.slice(0, 4)).toEqual([100, 200, 400, 800])
  expect(delays.slice(8)).toEqual([25_600, 30_000, 30_000, 30_000])
})

/** What a machine looks like on which a step did what it is for. */
function perform(doc: MemberDocument, state: MemberSeen): MemberSeen | 'rests' {
  const step = nextStep(doc, state, calm, NOW)
  const { configGeneration, restartGeneration } = doc
  const generations = { configGeneration, restartGeneration }
  switch (step.kind) {
    case 'end-strays':
      return { ...state, strays: [] }
    case 'create-data':
      return { ...state, data: 'present', directory: true, filesCurrent: false }
    case 'write-files':
      return {
        ...state,
        filesCurrent: true,
        // The agent's note says that the running server has not read them.
        server:
          state.server.state === 'stopped' ? stopped : { ...state.server, configGeneration: 0 },
      }
    case 'start':
      return { ...state, server: server('starting', generations), door: 'closed' }
    case 'open-door':
      return { ...state, door: 'open' }
    case 'close-door':
    case 'hand-over':
      return { ...state, door: 'closed' }
    case 'wake':
      return 'rests' // its document changes, and with it what it is to be
    case 'reload':
      return { ...state, server: server('ready', generations) }
    case 'stop':
      return { ...state, server: server('stopping') }
    case 'remove':
      return { ...nothing, filesCurrent: false }
    case 'wait':
      return {
        ...state,
        server: state.server.state === 'starting' ? { ...state.server, state: 'ready' } : stopped,
      }
    case 'give-up':
    case 'rest':
      return 'rests'
  }
}

function* everyState(): Iterable<MemberSeen> {
  const servers = [stopped]
  for (const state of ['starting', 'ready', 'stopping'] as const)
    for (const configGeneration of [0, 1, 2])
      for (const restartGeneration of [1, 2])
        servers.push(server(state, { configGeneration, restartGeneration }))
  for (const data of ['absent', 'present', 'foreign'] as const)
    for (const filesCurrent of data === 'absent' ? [false] : [true, false])
      for (const running of data === 'absent' ? [stopped] : servers)
        for (const strays of running.state === 'stopped' ? [[], [7]] : [[]])
          for (const directory of data === 'absent' ? [true, false] : [true])
            for (const door of ['closed', 'open', 'knocked', 'elsewhere'] as const)
              yield { data, filesCurrent, server: running, strays, directory, door }
}

test('from every state, for every document, a few steps come to rest where the document wants', () => {
  let tried = 0
  for (const wanted of ['running', 'suspended', 'stopped', 'absent'] as const)
    for (const initialised of [true, false])
      for (const generations of [1, 2])
        for (const start of everyState()) {
          const doc = member({
            wanted,
            initialised,
            configGeneration: generations,
            restartGeneration: generations,
          })
          let state = start
          let steps = 0
          for (let next = perform(doc, state); next !== 'rests'; next = perform(doc, state)) {
            state = next
            const path = JSON.stringify({ wanted, initialised, generations, start })
            expect(++steps, path).toBeLessThan(12)
          }
          const last = nextStep(doc, state, calm, NOW)
          const lost = start.data === 'foreign' || (start.data === 'absent' && initialised)
          const places = { running: 'ready', suspended: 'suspended' } as const
          const place = wanted in places ? places[wanted as keyof typeof places] : wanted
          if (wanted in places && lost && last.kind === 'give-up') {
            expect(state.server.state).toBe('stopped')
          } else if (last.kind === 'wake') {
            expect([wanted, state.door]).toEqual(['suspended', 'knocked'])
          } else {
            expect(state.door).toBe(wanted === 'suspended' ? 'open' : 'closed')
            expect(last).toEqual({ kind: 'rest', state: place })
            if (wanted === 'running') expect(state.filesCurrent).toBe(true)
          }
          tried++
        }
  expect(tried).toBeGreaterThan(500)
})

test('data that exists is never made anew, and nothing of a member that is to run is removed', () => {
  for (const initialised of [true, false])
    for (const start of everyState()) {
      const step = nextStep(member({ initialised }), start, calm, NOW)
      if (start.data !== 'absent' || initialised) expect(step.kind).not.toBe('create-data')
      expect(step.kind).not.toBe('remove')
    }
})
