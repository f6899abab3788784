import { afterAll, beforeAll, describe } from 'vitest'
import { openEtcdStore } from '../../src/store/etcd/etcd-store.ts'
import { storeSuite } from '../../src/store/store.suite.ts'
import { EtcdCluster, withoutEtcd } from '../support/lab/etcd-cluster.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''

describe.skipIf(withoutEtcd).each([1, 3])(`on a real etcd with members: %i${reason}`, (size) => {
  let cluster: EtcdCluster
  let stores = 0
  beforeAll(async () => {
    cluster = await EtcdCluster.start(size)
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  storeSuite('the etcd store', async () => ({
    store: await openEtcdStore({ ...cluster.access(), prefix: `/howdah-${stores++}/` }),
    remove: async () => {},
  }))
})
