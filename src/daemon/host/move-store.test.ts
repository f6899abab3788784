import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { HostFile } from '../../contract/documents/host.ts'
import type { OperationDocument } from '../../contract/documents/operation.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import { readText } from '../../system/files.ts'
import { homeLayout } from '../home.ts'
import { readHostFile, writeHostFile } from './host-file.ts'
import { moveIntoCluster, moveOutOfCluster, putAsideSqlite } from './move-store.ts'
import { takeOver } from './own-authority.ts'
import { memberFile, openTestHome } from './test-home.suite.ts'

const file: HostFile = { ...memberFile, state: 'moving' }

const operation = (id: string, changes: Partial<OperationDocument> = {}): OperationDocument => ({
  format: 1,
  id: id.padStart(16, '0'),
  kind: 'host-init',
  title: 'it',
  subjects: ['host'],
  state: 'running',
  steps: [],
  cancelRequested: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  input: {},
  ...changes,
})

async function openHome() {
  const { home, store: cluster } = await openTestHome()
  const { state } = homeLayout(home)
  return {
    home,
    cluster,
    /** What is in its SQLite file, before or after it is given more. */
    sqlite: async (documents: Readonly<Record<string, unknown>> = {}): Promise<Contents> => {
      const store = openSqliteStore(state)
      await put(store, documents)
      const found = await contents(store)
      await store.close()
      return found
    },
  }
}

type Contents = Record<string, unknown>

const put = (store: Store, documents: Readonly<Record<string, unknown>>): Promise<number> =>
  store.write(Object.entries(documents).map(([key, value]) => ({ kind: 'put', key, value })))

const contents = async (store: Store): Promise<Contents> =>
  Object.fromEntries((await store.list('')).map(({ key, value }) => [key, value]))

const kept = { 'projects/shop': { name: 'shop' }, 'events/1': { id: '1' }, 'locks/host': {} }
const owned = { ...kept, 'projects/shop': { name: 'shop', host: 'h1' } }

test('all documents of the first host move, and say that they are its own, but for those of the moment; its file stays beside', async () => {
  const { home, cluster, sqlite } = await openHome()
  const seen = { state: 'ready', memberRevision: 1234 }
  const before = await sqlite({
    ...kept,
    'observed/shop/db/0': seen,
    'claims/1': {},
    'leader/x': {},
  })
  await moveIntoCluster(home, file, cluster)
  // What was seen is still so, but is no answer to a document of this store.
  expect(await contents(cluster)).toEqual({
    ...owned,
    'observed/shop/db/0': { state: 'ready', memberRevision: 0 },
  })
  expect((await readHostFile(home))?.state).toBe('member')
  expect((await readdir(home)).filter((name) => name.startsWith('state.'))).toEqual([
    'state.db.before-cluster',
  ])
  const aside = openSqliteStore(homeLayout(home).stateBeforeCluster)
  expect(await contents(aside)).toEqual(before)
  await aside.close()
})

test('of a host that joins only operations, locks and events move, and the operations are its own', async () => {
  const { home, cluster, sqlite } = await openHome()
  await sqlite({ ...kept, 'operations/1': operation('1') })
  await put(cluster, { 'projects/theirs': {} })
  await moveIntoCluster(home, { ...file, came: 'joiner' }, cluster)
  const { 'projects/shop': _, ...moved } = kept
  expect(await contents(cluster)).toEqual({
    ...moved,
    'projects/theirs': {},
    'operations/1': { ...operation('1'), host: 'h1' },
  })
})

test('a move that ended between the writing of host.json and the renaming is finished', async () => {
  const { home, cluster, sqlite } = await openHome()
  await sqlite(kept)
  await moveIntoCluster(home, file, cluster)
  await sqlite({ 'projects/shop': { name: 'older' } })
  await putAsideSqlite(home)
  expect((await readdir(home)).filter((name) => name.startsWith('state.'))).toEqual([
    'state.db.before-cluster',
  ])
  expect(await contents(cluster)).toEqual(owned)
})

test('the last host takes everything back, and says nothing of hosts any more', async () => {
  const { home, cluster, sqlite } = await openHome()
  await put(cluster, {
    'projects/shop': { name: 'shop', host: 'h1' },
    'operations/1': operation('1', { host: 'h1' }),
    'config/shop/A': { sealed: 'x' },
    'claims/1': {},
    'host-status/h1': {},
    'hosts/h1': {},
    'clusters/cluster': {},
  })
  const leaving: HostFile = { ...file, state: 'leaving', isLast: true }
  await writeHostFile(home, leaving)
  await moveOutOfCluster(home, leaving, cluster)
  expect(await readHostFile(home)).toBe(undefined)
  expect(await sqlite()).toEqual({
    'projects/shop': { name: 'shop' },
    'operations/1': operation('1'),
    'config/shop/A': { sealed: 'x' },
  })
})

test('a host that leaves others behind takes along its leaving alone, which is done for them', async () => {
  const { home, cluster, sqlite } = await openHome()
  const bundle = { caCertPem: 'theirs', caKeyPem: 'theirs', configKey: 'theirs' }
  await takeOver(home, bundle)
  const own = operation('1', { host: 'h1' })
  const theirs = operation('2', { host: 'h2', subjects: ['other'] })
  await put(cluster, {
    'projects/theirs': { host: 'h2' },
    [`operations/${own.id}`]: own,
    [`operations/${theirs.id}`]: theirs,
    'locks/host': { format: 1, operation: own.id },
    'locks/other': { format: 1, operation: theirs.id },
  })
  const leaving: HostFile = { ...file, state: 'leaving', isLast: false }
  await writeHostFile(home, leaving)
  await moveOutOfCluster(home, leaving, cluster)
  const { host: _, ...alone } = own
  const taken = { [`operations/${own.id}`]: alone, 'locks/host': { format: 1, operation: own.id } }
  expect(await sqlite()).toEqual(taken)
  const left = await contents(cluster)
  expect(left[`operations/${own.id}`]).toMatchObject({ state: 'done' })
  expect(Object.keys(left).filter((key) => key.startsWith('locks/'))).toEqual(['locks/other'])
  expect(left[`operations/${theirs.id}`]).toEqual(theirs)
  for (const path of ['configKey', 'caKey', 'caCertificate'] as const) {
    expect(await readText(homeLayout(home)[path])).toBe('own\n')
  }

  // As after a death before the home forgot that it was a host: what it took along is not lost.
  await writeHostFile(home, leaving)
  await moveOutOfCluster(home, leaving, cluster)
  expect(await sqlite()).toEqual(taken)
  expect(await readHostFile(home)).toBe(undefined)
})
