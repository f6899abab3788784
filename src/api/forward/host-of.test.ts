import { expect, onTestFinished, test } from 'vitest'
import type { Within } from '../../contract/access.ts'
import { projectDocument, snapshotDocument } from '../../core/plan/documents.suite.ts'
import { lineageDocument } from '../fixtures.suite.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { otherHostOf } from './host-of.ts'

const hostDocument = (name: string) => ({
  format: 1 as const,
  name,
  address: `10.0.0.${name.charCodeAt(0)}`,
  phase: 'live' as const,
  joinedAt: '2026-01-02T03:04:05.000Z',
  hasEtcd: true,
})

/** The documents of the hosts `a` and `b`: `shop` with its lineage and a snapshot is on b, `web` on a, `gone` on one that was removed. */
async function openDocuments() {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const project = (name: string, host: string) =>
    docs.projects.put([name], { ...projectDocument, name, host })
  await store.write([
    docs.hosts.put(['a'], hostDocument('a')),
    docs.hosts.put(['b'], hostDocument('b')),
    project('shop', 'b'),
    project('web', 'a'),
    project('gone', 'c'),
    docs.lineages.put(['lineage001'], lineageDocument({ host: 'b' })),
    docs.snapshots.put(['s1'], { ...snapshotDocument, host: 'b' }),
  ])
  return (within: Within | readonly Within[], input: object, own = 'a') =>
    otherHostOf(docs, own, within, input).then((host) => host?.name)
}

test('a call is another host’s when that one has the project, the lineage or the snapshot', async () => {
  const hostOf = await openDocuments()
  expect(await hostOf('project', { project: 'shop' })).toBe('b')
  expect(await hostOf('project', { project: 'shop' }, 'b')).toBeUndefined()
  expect(await hostOf('lineage', { lineage: 'lineage001' })).toBe('b')
  expect(await hostOf('snapshot', { name: 's1' })).toBe('b')
  const services = { db: { fromSnapshot: 's1' }, other: {} }
  expect(await hostOf(['project', 'desired'], { project: 'new', services })).toBe('b')
})

test('what is nowhere yet, and what the store alone answers, is answered here', async () => {
  const hostOf = await openDocuments()
  expect(await hostOf('project', { project: 'new' })).toBeUndefined()
  expect(await hostOf('lineage', {})).toBeUndefined()
  for (const within of ['entries', 'operation', 'drill', 'all', 'anything'] as const) {
    expect(await hostOf(within, { project: 'shop', id: 'x', drill: 'y' })).toBeUndefined()
  }
})

test('what needs the files of two hosts is refused, and so is what was on a host that is gone', async () => {
  const hostOf = await openDocuments()
  const both = hostOf(['project', 'lineage'], { project: 'web', lineage: 'lineage001' })
  await expect(both).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    details: { hosts: ['a', 'b'] },
  })
  await expect(hostOf('project', { project: 'gone' })).rejects.toMatchObject({
    code: 'HOST_DOWN',
    details: { host: 'c' },
  })
})
