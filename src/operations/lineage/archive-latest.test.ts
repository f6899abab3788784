import { expect, test } from 'vitest'
import type { RecoveryTarget } from '../../contract/target.ts'
import { instance, member } from '../../core/plan/documents.suite.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { dependenciesOf, Life } from '../fake-host.suite.ts'
import { lineage, openHome } from '../procedures/prune.suite.ts'
import { archiveLatest } from './archive-latest.ts'

/** Asks a server for its newest WAL that is said to take connections, and takes none. */
async function askTroubled(target: RecoveryTarget): Promise<string[]> {
  const { store, docs, repositories } = await openHome({})
  const { id } = lineage()
  await store.write([
    docs.instances.put(['shop', 'db'], { ...instance, lineage: id }),
    docs.members.put(['shop', 'db', '0'], member()),
    docs.observed.put(['shop', 'db', '0'], {
      format: 1,
      state: 'ready',
      memberRevision: 1,
      configGeneration: 1,
      restartGeneration: 1,
      restarts: 0,
      failures: 0,
    }),
  ])
  const { dependencies } = dependenciesOf(store, fakeMachine(), repositories, new Life())
  const said: string[] = []
  const { signal } = new AbortController()
  const report = (text: string): void => void said.push(text)
  await archiveLatest(dependencies, id, target, { signal, attempt: 1, report })
  return said
}

test.each<RecoveryTarget>([
  { kind: 'time', at: '2026-01-02T03:04:05.000000Z' },
  { kind: 'lsn', lsn: '0/3000028' },
  { kind: 'xid', xid: '7' },
  { kind: 'name', name: 'before' },
])('a restore to a moment goes on without a server in trouble: $kind', async (target) => {
  expect(await askTroubled(target)).toEqual([expect.stringContaining('what is archived')])
})

test('a restore to the newest moment does not come out older than that without a word', async () => {
  await expect(askTroubled({ kind: 'latest' })).rejects.toThrow()
})
