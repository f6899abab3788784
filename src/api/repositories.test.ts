import { expect, test } from 'vitest'
import type { RepositoryStorage } from '../contract/repository.ts'
import { lineageDocument, openApi } from './fixtures.suite.ts'

const storage: RepositoryStorage = {
  type: 'azure',
  account: 'acme',
  container: 'backups',
  path: '/',
  keyType: 'shared',
  key: 'AZURE_KEY',
  uriStyle: 'host',
}
const asked = {
  name: 'far',
  project: 'shop',
  storage,
  asynchronous: false,
  replace: false,
}

async function openWithKey() {
  const opened = openApi()
  await opened.client.setConfig({
    project: 'shop',
    values: { AZURE_KEY: 's3cret' },
    ifNotSet: false,
  })
  return opened
}

test('a repository is kept with the names of its configs, never with their values', async () => {
  const { client, store } = await openWithKey()
  const added = await client.addRepository(asked)
  expect(added).toMatchObject({ name: 'far', storage })
  expect(await client.listRepositories({})).toEqual([added])
  expect(JSON.stringify(await store.list('repositories/'))).not.toContain('s3cret')
  expect(await client.checkRepository({ name: 'far' })).toMatchObject({ name: 'far', ok: true })
})

test('one whose configs are not set, or that is known already, is refused', async () => {
  const { client } = openApi()
  await expect(client.addRepository(asked)).rejects.toMatchObject({
    code: 'CONFIG_MISSING',
    details: { names: ['AZURE_KEY'] },
  })
  expect(await client.listRepositories({})).toEqual([])
  const known = await openWithKey()
  await known.client.addRepository(asked)
  await expect(known.client.addRepository(asked)).rejects.toMatchObject({
    code: 'REPOSITORY_EXISTS',
  })
  await expect(known.client.checkRepository({ name: 'near' })).rejects.toMatchObject({
    code: 'REPOSITORY_NOT_FOUND',
  })
})

test('one that has backups may get other keys, and neither another place nor go', async () => {
  const { client, store, docs } = await openWithKey()
  const { createdAt } = await client.addRepository(asked)
  const lineage = lineageDocument({ engine: 'pgbackrest', keptIn: { offsite: 'far' } })
  await store.write([docs.lineages.put([lineage.id], lineage)])
  await expect(client.removeRepository({ name: 'far' })).rejects.toMatchObject({
    code: 'CHANGE_REFUSED',
    details: { lineages: [lineage.id] },
  })
  const elsewhere = { ...asked, replace: true, storage: { ...storage, container: 'others' } }
  await expect(client.addRepository(elsewhere)).rejects.toMatchObject({ code: 'CHANGE_REFUSED' })
  await client.setConfig({ project: 'shop', values: { NEW_KEY: 'another' }, ifNotSet: false })
  const rekeyed = { ...asked, replace: true, storage: { ...storage, key: 'NEW_KEY' } }
  expect(await client.addRepository(rekeyed)).toMatchObject({
    createdAt,
    storage: { key: 'NEW_KEY' },
  })
  await store.write([docs.lineages.remove([lineage.id])])
  expect(await client.addRepository(elsewhere)).toMatchObject({ storage: { container: 'others' } })
  expect(await client.removeRepository({ name: 'far' })).toEqual({ removed: 'far' })
  expect(await client.listRepositories({})).toEqual([])
})
