import { expect, test } from 'vitest'
import { encodeJoinToken } from '../../core/host/join-token.ts'
import type { Host, PreflightFinding } from '../../contract/host.ts'
import type { Operation } from '../../contract/operation.ts'
import { howdah } from '../fake-daemon.suite.ts'

const ports = { api: 7432, etcdClient: 7433, etcdPeer: 7434, etcdMetrics: 7435 }
const fine: PreflightFinding = { about: 'memory', verdict: 'fine', sentence: '8 GiB of memory.' }
const refused: PreflightFinding = {
  about: 'ports',
  verdict: 'refused',
  sentence: 'Port 7433 is taken by etcd (pid 12).',
}
const check = { findings: [fine], ports, instances: 2 }
const operation: Operation = {
  id: 'operation1',
  kind: 'host-init',
  title: 'making of the first host, h1',
  subjects: ['hosts/h1'],
  state: 'done',
  steps: [],
  cancelRequested: false,
  createdAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:04:06.000Z',
}
const words = ['host', 'init', '--name', 'h1', '--address', '10.0.0.5']
const token = encodeJoinToken({
  addresses: ['10.0.0.5'],
  ports,
  fingerprint: 'ab'.repeat(32),
  secret: 'hwd_x_y',
})

test('nothing is done before it was confirmed, and what would be done is shown', async () => {
  const answers = { checkHost: async () => check }
  const { status, stderr } = await howdah(words, { answers })
  expect(stderr).toContain('h1 (10.0.0.5) the first host')
  expect(stderr).toContain('7433 and 7434 (etcd)')
  expect(stderr).toContain('2 instances run on')
  expect(stderr).toContain('CONFIRMATION_REQUIRED')
  expect(status).not.toBe(0)
})

test('with --yes it is done; a dry run only says what would be', async () => {
  const asked: unknown[] = []
  const answers = {
    checkHost: async () => check,
    initHosts: async (host: unknown) => {
      asked.push(host)
      return operation
    },
  }
  const dry = await howdah([...words, '--dry-run'], { answers })
  expect([dry.status, asked]).toEqual([0, []])
  expect(dry.stdout).toContain('packages')
  const done = await howdah([...words, '--zone', 'rack1', '--yes'], { answers })
  expect(asked).toEqual([{ name: 'h1', address: '10.0.0.5', zone: 'rack1' }])
  expect(done.stdout).toContain('is the first host of a cluster')
})

test('a machine that cannot be a host is refused with every finding, and check says so by its status', async () => {
  const answers = { checkHost: async () => ({ ...check, findings: [fine, refused] }) }
  const init = await howdah([...words, '--yes'], { answers })
  expect(init.stderr).toContain('✗ ports   Port 7433 is taken')
  expect(init.stderr).toContain('HOST_REFUSED')
  const looked = await howdah(['host', 'check', '--address', '10.0.0.5', '--name', 'h1'], {
    answers,
  })
  expect([looked.status, looked.stdout.split('\n')[0]]).toEqual([69, '✓ memory  8 GiB of memory.'])
})

test('a token comes from stdin as well, and a cut one is refused before anything is asked', async () => {
  let given: unknown
  const answers = {
    checkHost: async () => ({ ...check, instances: 0, cluster: ['10.0.0.5'] }),
    joinHosts: async (input: { token: string }) => {
      given = input.token
      return operation
    },
  }
  const join = ['host', 'join', '--name', 'h2', '--address', '10.0.0.6', '--yes']
  await howdah(join, { answers, stdin: `${token}\n` })
  expect(given).toBe(token)
  const cut = await howdah([...join, token.slice(0, -3)], {})
  expect(cut.stderr).toContain('cut short')
  expect(cut.stderr).not.toContain(token.slice(14, 40))
})

test('the list shows what is down and what is on its way', async () => {
  const host = (change: Partial<Host>): Host => ({
    name: 'h1',
    address: '10.0.0.5',
    phase: 'live',
    isUp: true,
    joinedAt: operation.createdAt,
    version: '0.1.0',
    etcd: { role: 'leader' },
    instances: 2,
    ...change,
  })
  const hosts = [
    host({}),
    host({ name: 'h2', zone: 'rack2', isUp: false, etcd: { role: 'down' }, instances: 0 }),
    host({ name: 'h3', phase: 'joining', etcd: { role: 'learner' } }),
  ]
  const { stdout } = await howdah(['host', 'ls'], { answers: { listHosts: async () => hosts } })
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/\s+/)),
  ).toEqual([
    ['NAME', 'ADDRESS', 'ZONE', 'UP', 'VERSION', 'ETCD', 'INSTANCES'],
    ['h1', '10.0.0.5', '-', 'yes', '0.1.0', 'leader', '2'],
    ['h2', '10.0.0.5', 'rack2', 'no', '0.1.0', 'down', '0'],
    ['h3', '10.0.0.5', '-', 'joining', '0.1.0', 'learner', '2'],
  ])
})

test('a label is a zone, or none', async () => {
  const label = (text: string) =>
    howdah(['host', 'label', 'h1', text], {
      answers: { labelHost: async () => Promise.reject(new Error()) },
    })
  expect((await label('rack=1')).stderr).toContain('a label is zone=NAME')
  expect((await label('zone=a b')).stderr).toContain('a zone must be of letters')
})
