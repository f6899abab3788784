import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BranchAsked } from '../../contract/branch-plan.ts'
import type { Instance } from '../../contract/instance.ts'
import { type FakeApi, howdah } from '../fake-daemon.suite.ts'
import { composeFolder, instance, operation } from '../fixtures.suite.ts'

let directory: string
beforeAll(() => {
  directory = composeFolder()
  mkdirSync(join(directory, '.git'))
  writeFileSync(join(directory, '.git', 'HEAD'), 'ref: refs/heads/feature/login\n')
  writeFileSync(join(directory, 'mask.sql'), 'update t set x = 1')
})
afterAll(() => rmSync(directory, { recursive: true }))

const GIB = 1024 ** 3
const at = '2026-01-02T03:04:05Z'
const branchOf = { service: 'database', lineage: 'lineage001', at, shared: true }
const branch = (change: Partial<Instance> = {}): Instance =>
  instance({ service: 'try', branch: branchOf, ...change })

let asked: BranchAsked[]
beforeEach(() => {
  asked = []
})

const answers: FakeApi = {
  listInstances: async () => [instance(), branch()],
  getInstance: async ({ service }) => (service === 'database' ? instance() : branch({ service })),
  getConnection: async () => ({
    endpoint: { host: '127.4.0.9', port: 5432 },
    user: 'postgres',
    database: 'postgres',
    password: 'own',
    caFile: '/h/ca.crt',
  }),
  planBranch: async ({ project, of }) => ({
    project,
    of,
    sizeBytes: 2 * GIB,
    sharesBlocks: true,
  }),
  createBranch: async (input) => {
    asked.push(input)
    const output = { project: 'shop', service: input.name, closedRoles: ['reader'] }
    return operation({ output })
  },
}
const shop = (words: string[], change: FakeApi = {}) =>
  howdah(words, { answers: { ...answers, ...change }, directory, env: { TZ: 'UTC' } })
const create = (...words: string[]) => shop(['branch', 'create', ...words])

test('create says what it takes, what it made, how to connect and who cannot', async () => {
  const { status, stdout, stderr } = await create('database', 'try')
  expect(status).toBe(0)
  expect(stdout.split('\n')[0]).toMatch(/^Branch try of database, as it is now, in /)
  expect(stdout).toContain('postgresql://postgres:****@127.4.0.9:5432/postgres')
  expect(stderr).toContain('it shares its 2.0 GiB with database')
  expect(stderr).toContain('cannot log in: reader')
})

test('every flag of create arrives as what it means', async () => {
  const sizes = ['--expires', '7d', '--size', '512MB', '--suspend-after', 'never']
  await create('database', 'pr', ...sizes, '--mask', 'mask.sql', '--password', 'parent')
  expect(asked[0]).toMatchObject({
    project: 'shop',
    of: 'database',
    name: 'pr',
    expiresAfterMs: 7 * 24 * 60 * 60 * 1000,
    memoryBytes: 512 * 1024 * 1024,
    mask: { name: 'mask.sql', text: 'update t set x = 1' },
    passwords: 'parent',
    suspendAfterMs: 0,
  })
})

test('what stands after @ is a moment, and without a service that of the only one', async () => {
  await create('database@2026-01-02T03:04:00Z', 'then')
  await create('@0/3000028', 'there')
  expect(asked.map((a) => a.target)).toEqual([
    { kind: 'time', at: '2026-01-02T03:04:00.000000Z' },
    { kind: 'lsn', lsn: '0/3000028' },
  ])
})

test('--git names it after the Git branch, notes that, and gives it the passwords that compose knows', async () => {
  await create('--git')
  expect(asked[0]).toMatchObject({
    of: 'database',
    name: 'feature-login',
    git: 'feature/login',
    passwords: 'parent',
  })
})

test('with several databases each Git branch of one has the database in its name', async () => {
  const listInstances = async () => [instance(), instance({ service: 'other' }), branch()]
  await shop(['branch', 'create', 'database', '--git'], { listInstances })
  expect(asked[0]?.name).toBe('feature-login-database')
})

test.each([
  [['database'], 'say what the branch is to be called'],
  [['database', 'x', '--expires', 'soon'], '--expires takes a span'],
  [['database', 'x', '--size', 'big'], '--size takes a size'],
  [['database', 'x', '--seed', 'nothing.sql'], 'cannot read the script'],
])('create %j is refused: %s', async (words, why) => {
  const { status, stderr } = await create(...words)
  expect(status).toBe(64)
  expect(stderr).toContain(why)
  expect(asked).toEqual([])
})

test('a plain copy of more than a gigabyte is asked first, and --yes answers', async () => {
  const planBranch: FakeApi['planBranch'] = async ({ project, of }) => ({
    project,
    of,
    sizeBytes: 8 * GIB,
    sharesBlocks: false,
    copyMs: 57_000,
  })
  const off = await shop(['branch', 'create', 'database', 'x'], { planBranch })
  expect(off.stderr).toContain('8.0 GiB are copied, in about 57 s')
  expect(off.stderr).toContain('CONFIRMATION_REQUIRED')
  expect(asked).toEqual([])
  const yes = await shop(['branch', 'create', 'database', 'x', '--yes'], { planBranch })
  expect(yes.status).toBe(0)
})

test('ls shows branches and kept states, and ps what is a branch of what', async () => {
  const held = instance({ service: 'old', state: 'stopped', heldSince: at })
  const git = branch({ branch: { ...branchOf, git: 'feature/login' } })
  const listInstances = async () => [instance(), git, held]
  const { stdout } = await shop(['branch', 'ls'], { listInstances })
  const [header, first, second, ...rest] = stdout.trimEnd().split('\n')
  expect(header).toMatch(/^NAME +OF +STATE +AS OF +SIZE +SHARED +EXPIRES +GIT +ENDPOINT/)
  expect(first).toMatch(/^try +database +ready .* yes +never +feature\/login/)
  expect(second).toMatch(/^old +kept/)
  expect(rest).toEqual([])
  expect((await shop(['ps'], { listInstances })).stdout).toMatch(/^SERVICE +BRANCH OF +STATE/)
  expect((await shop(['ps'], { listInstances: async () => [instance()] })).stdout).not.toContain(
    'BRANCH OF',
  )
})

test.each([
  [['branch', 'reset', 'try']],
  [['branch', 'rm', 'try']],
  [['branch', 'promote', 'try']],
  [['swap', 'database', 'try']],
])('%j asks first, and nothing happens where nobody is', async (words) => {
  const { status, stderr } = await shop(words)
  expect(stderr).toContain('CONFIRMATION_REQUIRED')
  expect(status).not.toBe(0)
})

test('a swap says the one command that swaps back', async () => {
  const swapInstances: FakeApi['swapInstances'] = async ({ service }) =>
    operation({ output: { project: 'shop', service, keptAs: 'database-before-1' } })
  const { stdout, stderr } = await shop(['swap', 'database', 'try', '--yes'], { swapInstances })
  expect(stdout).toContain('database has the data of try now')
  expect(stderr).toContain('howdah -p shop swap database database-before-1')
})

test('what is no branch is not treated as one', async () => {
  const { stderr } = await shop(['branch', 'rm', 'database', '--yes'])
  expect(stderr).toContain('shop/database is not a branch')
})

test('diff is a unified list, and --exit-code tells scripts', async () => {
  const diffBranch: FakeApi['diffBranch'] = async () => ({
    parent: 'database',
    changes: [
      { change: 'added', kind: 'index', name: 'public.i', after: 'CREATE INDEX i' },
      {
        change: 'changed',
        kind: 'column',
        name: 'public.t.x',
        before: 'text',
        after: 'text not null',
      },
      { change: 'removed', kind: 'view', name: 'public.v', before: 'SELECT 1;\n' },
    ],
  })
  const { status, stdout } = await shop(['branch', 'diff', 'try', '--exit-code'], { diffBranch })
  expect(status).toBe(1)
  expect(stdout).toBe(
    [
      '+ index public.i',
      '    + CREATE INDEX i',
      '~ column public.t.x',
      '    - text',
      '    + text not null',
      '- view public.v',
      '    - SELECT 1;',
      '',
    ].join('\n'),
  )
})

const config: FakeApi = {
  listConfig: async () => [{ name: 'POSTGRES_PASSWORD', updatedAt: at }],
  revealConfig: async () => ({ values: { POSTGRES_PASSWORD: 'parent' } }),
}
const forGit = (git: string) => async () => [
  instance(),
  branch({ endpoint: { host: '127.4.0.9', port: 5432 }, branch: { ...branchOf, git } }),
]

test('an environment has the branch of the current Git branch in place of its parent, its password too', async () => {
  const words = ['env', 'app', '--reveal', '--json']
  const login = await shop(words, { ...config, listInstances: forGit('feature/login') })
  expect(JSON.parse(login.stdout)).toMatchObject({
    DATABASE_URL: 'postgres://postgres:own@127.4.0.9:5432/postgres',
  })
  expect(login.stderr).toContain('Using try, the branch of database')
  const parent = { DATABASE_URL: 'postgres://postgres:parent@127.4.0.1:5432/postgres' }
  const other = await shop(words, { ...config, listInstances: forGit('main') })
  expect(JSON.parse(other.stdout)).toMatchObject(parent)
  const without = [...words, '--no-git-branch']
  const off = await shop(without, { ...config, listInstances: forGit('feature/login') })
  expect(JSON.parse(off.stdout)).toMatchObject(parent)
})
