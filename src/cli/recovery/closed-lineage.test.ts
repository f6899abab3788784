import { expect, test } from 'vitest'
import type { LineageStatus } from '../../contract/lineage-status.ts'
import { howdah } from '../fake-daemon.suite.ts'
import { closed, lineage, restorePlan } from './fixtures.suite.ts'

/** What `undelete --dry-run` asks for, or its failure. */
async function undeleted(lineages: LineageStatus[], words: string[] = []) {
  let asked: string | undefined
  const answers = {
    listLineages: async () => lineages,
    planRestore: async (wanted: { lineage?: string | undefined }) => {
      asked = wanted.lineage
      return restorePlan()
    },
  }
  const line = ['-p', 'shop', 'undelete', 'database', '--dry-run', ...words]
  return { ...(await howdah(line, { answers })), asked }
}

const renewed = { lineage: 'lineage001', how: 'renewal' as const }

test('of an instance whose history went on in another place, the last one is meant', async () => {
  const both = [closed(), closed({ id: 'lineage002', parent: renewed })]
  expect(await undeleted(both)).toMatchObject({ status: 0, asked: 'lineage002' })
  const empty = closed({ id: 'lineage002', parent: renewed, backups: 0 })
  expect(await undeleted([closed(), empty])).toMatchObject({ status: 0, asked: 'lineage001' })
})

test('an instance that goes on with another history is not removed', async () => {
  const { stderr, asked } = await undeleted([
    closed(),
    lineage({ id: 'lineage002', parent: renewed }),
  ])
  expect(asked).toBeUndefined()
  expect(stderr).toContain('shop/database is not removed')
})
