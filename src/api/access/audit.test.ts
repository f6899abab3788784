import { expect, test } from 'vitest'
import { api } from '../../contract/api.ts'
import type { Endpoint } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { openApi } from '../fixtures.suite.ts'
import { audit, leavesTrace } from './audit.ts'

test('every call that changes something leaves a trace: only plans and comparisons do not', () => {
  const silent = Object.entries<Endpoint>(api)
    .filter(([, e]) => e.method !== 'GET' && !leavesTrace(e))
    .map(([name]) => name)
  expect(silent.toSorted()).toEqual([
    'diffBranch',
    'planBranch',
    'planProject',
    'planPrune',
    'planRestore',
    'previewDown',
  ])
})

test('what was done, and what was refused, is told with who and the operation, and without any value', async () => {
  const { client, docs } = openApi()
  await client.setConfig({ project: 'shop', values: { KEY: 'very-secret' }, ifNotSet: false })
  const refused = await client
    .removeLineage({ lineage: 'lineage009' })
    .catch((error: unknown) => AppError.from(error))
  const { token } = await client.createToken({ name: 'ci', role: 'viewer' })
  const entries = (await docs.audit.list()).map((e) => e.value)
  expect(entries).toMatchObject([
    { who: 'root', from: 'socket', what: 'setConfig', subject: 'shop', result: 'ok' },
    { what: 'removeLineage', subject: 'lineage009', result: (refused as AppError).code },
    { what: 'createToken', subject: token.name, result: 'ok' },
  ])
  expect(JSON.stringify(entries)).not.toContain('very-secret')
  expect(await client.listAudit({ limit: 1 })).toMatchObject([{ what: 'createToken' }])
})

test('what cannot be noted is not done', async () => {
  const { store, docs } = openApi()
  store.write = () => Promise.reject(new AppError('DISK_FULL', 'no room'))
  const caller = { name: 'root', role: 'admin', from: 'socket' } as const
  let done = false
  const handled = audit({ store, documents: docs }).handle(
    'stopDaemon',
    api.stopDaemon,
    {},
    caller,
    async () => (done = true),
  )
  await expect(handled).rejects.toMatchObject({ code: 'DISK_FULL' })
  expect(done).toBe(false)
})
