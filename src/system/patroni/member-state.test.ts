import { expect, test } from 'vitest'
import { readMembers, readState } from './member-state.ts'

const nowMs = 1_795_213_932_500

test('what Patroni 3 says of a primary is read', () => {
  const said = {
    state: 'running',
    postmaster_start_time: '2026-11-20 22:31:28.066579+00:00',
    role: 'master',
    server_version: 150018,
    xlog: { location: 24449640 },
    timeline: 1,
    dcs_last_seen: 1_795_213_931,
    pending_restart: true,
    patroni: { version: '3.0.2', scope: 'i1' },
  }
  expect(readState(said, nowMs)).toEqual({
    role: 'primary',
    state: 'running',
    timeline: 1,
    pendingRestart: true,
    isPaused: false,
    isFailsafe: false,
    etcdSeenAgoMs: 1500,
  })
})

test('Patroni 4 says primary, and a server that is being demoted is neither', () => {
  expect(readState({ role: 'primary', state: 'running' }, nowMs).role).toBe('primary')
  expect(readState({ role: 'demoted', state: 'stopping' }, nowMs).role).toBeUndefined()
  expect(readState({ role: 'uninitialized' }, nowMs).role).toBeUndefined()
  expect(readState('Internal Server Error', nowMs)).toMatchObject({ state: 'unknown' })
})

test('members are read with whom commits wait for and how far they are', () => {
  const member = { host: '10.0.0.1', port: 5432, timeline: 2 }
  const said = {
    members: [
      { ...member, name: 'h0', role: 'leader', state: 'running' },
      { ...member, name: 'h1', role: 'sync_standby', state: 'running', lag: 0 },
      { ...member, name: 'h2', role: 'quorum_standby', state: 'streaming', lag: 4096 },
      { name: 'h3', role: 'replica', state: 'stopped', lag: 'unknown' },
    ],
  }
  expect(readMembers(said).map((m) => [m.name, m.role, m.isSync, m.timeline, m.lagBytes])).toEqual([
    ['h0', 'primary', false, 2, undefined],
    ['h1', 'replica', true, 2, 0],
    ['h2', 'replica', true, 2, 4096],
    ['h3', 'replica', false, undefined, undefined],
  ])
})
