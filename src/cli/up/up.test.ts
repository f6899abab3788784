import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { type FakeApi, type FakeStreams, howdah } from '../fake-daemon.suite.ts'
import { composeFolder, instance, operation, plan } from '../fixtures.suite.ts'

let directory: string
beforeAll(() => {
  directory = composeFolder()
})
afterAll(() => rmSync(directory, { recursive: true }))

const passwordSet: FakeApi['listConfig'] = async () => [
  { name: 'POSTGRES_PASSWORD', updatedAt: '2026-01-01T00:00:00Z' },
]
const answers: FakeApi = {
  listConfig: passwordSet,
  planProject: async () => plan(),
  upProject: async () => operation({ state: 'running' }),
  listInstances: async () => [instance()],
}
const events: FakeStreams = {
  async *watchOperation() {
    yield operation()
  },
}
const harsh = plan({
  actions: [
    {
      kind: 'change-settings',
      service: 'database',
      sentence: 'set shared_buffers to 1GB',
      impact: 'restart',
    },
  ],
})

test('up says what was made, how long it took, the URL with the password hidden, and what next', async () => {
  const { status, stdout, stderr } = await howdah(['up'], { directory, answers, events })
  expect(status).toBe(0)
  expect(stdout).toBe(
    [
      'shop is up in 940 ms',
      '  database  Postgres 16.14, created',
      '  postgresql://postgres:****@127.4.0.1:5432/postgres?sslmode=verify-full&sslrootcert=/h/ca.crt',
      'Next: howdah psql',
      '      howdah run app -- COMMAND',
      '',
    ].join('\n'),
  )
  expect(stderr).toContain('✓ create the data directory 340 ms')
})

test('a missing config is told with who needs it, where, and how to set it, before anything is planned', async () => {
  const { status, stderr } = await howdah(['up'], {
    directory,
    answers: { listConfig: async () => [] },
  })
  expect(status).toBe(78)
  expect(stderr).toContain('database.POSTGRES_PASSWORD (compose.yaml:3:3)')
  expect(stderr).toContain('app.DATABASE_URL (compose.yaml:8:3)')
  expect(stderr).toContain('howdah config set --random POSTGRES_PASSWORD')
})

test('nothing to do is said, and nothing is started', async () => {
  const { stdout } = await howdah(['up'], {
    directory,
    answers: {
      listConfig: passwordSet,
      planProject: async () => plan({ actions: [] }),
      listInstances: async () => [instance()],
    },
  })
  expect(stdout).toContain('shop is up to date')
})

test('off a terminal a restart needs --yes, and nothing is started without it', async () => {
  const without = { listConfig: passwordSet, planProject: async () => harsh }
  const { status, stderr } = await howdah(['up'], { directory, answers: without })
  expect(status).toBe(64)
  expect(stderr).toContain('CONFIRMATION_REQUIRED')
  const withYes = await howdah(['up', '--yes'], {
    directory,
    answers: { ...answers, planProject: async () => harsh },
    events,
  })
  expect(withYes.status).toBe(0)
})

test('another operation is named and followed, and then up is tried again', async () => {
  const asked: string[] = []
  const { status, stderr } = await howdah(['up'], {
    directory,
    answers: {
      ...answers,
      getOperation: async ({ id }) => operation({ id, title: 'down of shop', state: 'running' }),
      async upProject() {
        asked.push('up')
        if (asked.length > 1) return operation({ state: 'running' })
        throw new AppError('OPERATION_CONFLICT', 'busy', { details: { operation: 'other0001' } })
      },
    },
    events,
  })
  expect(status).toBe(0)
  expect(asked).toHaveLength(2)
  expect(stderr).toContain('Waiting for down of shop (other0001)')
})

test('an operation that fails gives its own error and exit status', async () => {
  const error = { code: 'PORT_IN_USE', message: 'port 5432 is taken by pid 7', hint: 'Stop it.' }
  const { status, stdout } = await howdah(['up', '--json'], {
    directory,
    answers,
    events: {
      async *watchOperation() {
        yield operation({ state: 'failed', error })
      },
    },
  })
  expect(status).toBe(69)
  expect(JSON.parse(stdout)).toEqual({ error: { ...error, details: { operation: 'op000001' } } })
})

test('--detach starts and says how to follow', async () => {
  const { stdout, stderr } = await howdah(['up', '-d'], { directory, answers })
  expect(stdout).toContain('up of shop has begun: op000001')
  expect(stderr).toContain('howdah ops tail op000001')
})

test.each([
  ['HA', 'high_availability'],
  ['Staging', 'balanced'],
  ['cheap', 'affordable'],
])('--mode %s asks for %s', async (word, mode) => {
  let seen: unknown
  await howdah(['plan', '--mode', word], {
    directory,
    answers: {
      listConfig: passwordSet,
      planProject: async (desired) => {
        seen = desired.mode
        return plan()
      },
    },
  })
  expect(seen).toBe(mode)
})

test('only managed services reach the daemon', async () => {
  let seen: string[] = []
  const { stdout } = await howdah(['plan', '--json'], {
    directory,
    answers: {
      listConfig: passwordSet,
      planProject: async (desired) => {
        seen = Object.keys(desired.services)
        expect(JSON.stringify(desired)).not.toContain('hello world')
        return plan()
      },
    },
  })
  expect(seen).toEqual(['database'])
  expect(JSON.parse(stdout)).toEqual(plan())
})
