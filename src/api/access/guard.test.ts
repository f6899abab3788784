import { expect, onTestFinished, test } from 'vitest'
import type { Caller, Role } from '../../contract/access.ts'
import { api, streams } from '../../contract/api.ts'
import { instance, lineageDocument } from '../../core/plan/documents.suite.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { guard, type Guarded } from './guard.ts'

const of = (role: Role, projects?: string[]): Caller => ({
  name: 'ci',
  role,
  projects,
  from: '192.0.2.1',
})

/** A guard over a store that knows the lineage, the snapshot and the operation of `blog`. */
async function guarded() {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const lineage = lineageDocument({ id: 'lineage002', project: 'blog' })
  const operation = (id: string, subjects: string[], input: object) =>
    docs.operations.put([id], {
      format: 1,
      id,
      kind: 'x',
      title: 'x',
      subjects,
      state: 'running',
      steps: [],
      cancelRequested: false,
      createdAt: lineage.createdAt,
      input,
    })
  await store.write([
    docs.lineages.put(['lineage002'], lineage),
    operation('op000001', ['lineages/lineage002'], {}),
    operation('op000002', ['engines/16'], { major: 16 }),
    operation('op000003', ['shop/db', 'snapshots/one'], { project: 'shop' }),
    operation('op000004', ['exports//srv/blog'], { project: 'blog' }),
    operation('op000005', ['lineages/removed'], { of: 'blog/db' }),
  ])
  const one = guard(docs)
  return {
    ...one,
    /** The code with which the call is refused. */
    refusal: (call: Guarded, input: object, caller: Caller) =>
      one.admit(call, input, caller).then(
        () => undefined,
        (error: { code: string }) => error.code,
      ),
  }
}

const shop = { project: 'shop', service: 'db' }

test('a role may do what a lower one may, and nothing more', async () => {
  const { refusal } = await guarded()
  expect(await refusal(api.getInstance, shop, of('viewer'))).toBe(undefined)
  expect(await refusal(api.getConnection, shop, of('viewer'))).toBe('FORBIDDEN')
  expect(await refusal(api.getConnection, shop, of('operator'))).toBe(undefined)
  expect(await refusal(api.downProject, shop, of('developer'))).toBe('FORBIDDEN')
  expect(await refusal(api.stopDaemon, {}, of('operator'))).toBe('FORBIDDEN')
  expect(await refusal(api.stopDaemon, {}, of('admin'))).toBe(undefined)
})

test('a caller of one project reaches into no other, whatever names it', async () => {
  const { refusal } = await guarded()
  const caller = of('admin', ['shop'])
  const blog = { project: 'blog', service: 'db' }
  const refusals = {
    own: await refusal(api.getInstance, shop, caller),
    theirs: await refusal(api.getInstance, blog, caller),
    lineage: await refusal(api.getLineage, { lineage: 'lineage002' }, caller),
    restoreOfTheirs: await refusal(api.restore, { ...shop, lineage: 'lineage002' }, caller),
    operation: await refusal(api.cancelOperation, { id: 'op000001' }, caller),
    stream: await refusal(streams.watchOperation, { id: 'op000001' }, caller),
    everything: await refusal(api.importLineages, { directory: '/x' }, caller),
    nothingThere: await refusal(api.getLineage, { lineage: 'never' }, caller),
  }
  expect(refusals).toEqual({
    own: undefined,
    theirs: 'FORBIDDEN',
    lineage: 'FORBIDDEN',
    restoreOfTheirs: 'FORBIDDEN',
    operation: 'FORBIDDEN',
    stream: 'FORBIDDEN',
    everything: 'FORBIDDEN',
    nothingThere: undefined,
  })
  expect(await refusal(api.getInstance, blog, of('viewer'))).toBe(undefined)
})

test('an operation is of the project that it was asked for, whatever it holds', async () => {
  const one = await guarded()
  const { refusal } = one
  const see = (id: string, project: string) =>
    refusal(api.getOperation, { id }, of('admin', [project]))
  expect(await see('op000003', 'shop')).toBe(undefined)
  expect(await see('op000003', 'snapshots')).toBe('FORBIDDEN')
  expect(await see('op000004', 'blog')).toBe(undefined)
  expect(await see('op000004', 'exports')).toBe('FORBIDDEN')
  expect(await see('op000005', 'blog')).toBe(undefined)
  expect(await see('op000005', 'shop')).toBe('FORBIDDEN')
  // Of no project: for callers of all.
  expect(await see('op000002', 'engines')).toBe('FORBIDDEN')
  expect(await refusal(api.cancelOperation, { id: 'op000002' }, of('developer', ['shop']))).toBe(
    'FORBIDDEN',
  )
  expect(await refusal(api.getOperation, { id: 'op000002' }, of('viewer'))).toBe(undefined)
  const listed = [
    { id: 'op000002', subjects: ['engines/16'] },
    { id: 'op000003', subjects: ['shop/db', 'snapshots/one'] },
  ]
  expect(await one.reply(api.listOperations, listed, of('viewer', ['shop']))).toEqual([listed[1]])
})

test('lists and streams leave out what is of other projects, and what does not say', async () => {
  const one = await guarded()
  const caller = of('viewer', ['shop'])
  const other = { ...instance, project: 'blog' }
  expect(await one.reply(api.listInstances, [instance, other], caller)).toEqual([instance])
  expect(await one.reply(api.listInstances, [instance, other], of('viewer'))).toHaveLength(2)
  const projects = [{ name: 'shop' }, { name: 'blog' }]
  expect(await one.reply(api.listProjects, projects, caller)).toEqual([{ name: 'shop' }])
  const histories = [{ lineage: { project: 'blog' } }, { lineage: { project: 'shop' } }]
  expect(await one.reply(api.listBackups, histories, caller)).toEqual([histories[1]])
  const operations = [
    { id: 'op000001', subjects: [] },
    { id: 'op000003', subjects: ['shop/db'] },
  ]
  expect(await one.reply(api.listOperations, operations, caller)).toEqual([operations[1]])
  const seen = [{ subject: 'shop/db' }, { subject: 'blog/db' }, {}].map((event) =>
    one.sees(streams.watchEvents, event, caller),
  )
  expect(await Promise.all(seen)).toEqual([true, false, false])
})

test('a machine that asks to become a host may call what is for it, and nothing else; nobody else may call that', async () => {
  const { refusal } = await guarded()
  const joining: Caller = { ...of('viewer'), joins: true }
  const calls = Object.entries({ ...api, ...streams })
  const admitted = async (caller: Caller): Promise<string[]> => {
    const named = await Promise.all(
      calls.map(async ([name, call]) => ((await refusal(call, shop, caller)) ? [] : [name])),
    )
    return named.flat()
  }
  expect((await admitted(joining)).toSorted()).toEqual(['admitHost', 'withdrawHost'])
  expect((await admitted({ ...joining, role: 'admin' })).toSorted()).toEqual([
    'admitHost',
    'withdrawHost',
  ])
  expect(await admitted(of('admin'))).not.toContain('admitHost')
  expect(await admitted(of('admin'))).toContain('createJoinToken')
})

test('a call of no project is for callers of some projects only where it says so', () => {
  const wide = Object.entries({ ...api, ...streams })
    .filter(([, { within }]) => [within].flat().includes('anything'))
    .map(([name]) => name)
  expect(wide.toSorted()).toEqual(['getDaemon', 'listEngines', 'listRepositories', 'uploadFile'])
})

test('whoever is held by what an input names is held by something that the input has', () => {
  const key = {
    project: 'project',
    lineage: 'lineage',
    operation: 'id',
    drill: 'drill',
    snapshot: 'name',
    desired: 'services',
  } as const
  for (const [name, { within, input }] of Object.entries({ ...api, ...streams })) {
    for (const one of [within].flat()) {
      if (one in key) expect(Object.keys(input.shape), name).toContain(key[one as keyof typeof key])
    }
  }
})
