import { expect, test } from 'vitest'
import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { play } from './play.suite.ts'
import { renewScenarios } from './renew-scenarios.suite.ts'

/** What is left after one of the scenarios. */
async function leftAfter(name: string) {
  const { documents, end } = await play(new Map(renewScenarios).get(name)!)
  const all = <T>(prefix: string): T[] =>
    documents.filter((e) => e.key.startsWith(prefix)).map((e) => e.value as T)
  const [member] = all<MemberDocument>('members/')
  const [instance] = all<InstanceDocument>('instances/')
  return {
    state: end.state,
    lineages: all<LineageDocument>('lineages/'),
    backups: all<BackupDocument>('backups/'),
    files: member?.files ?? {},
    instance,
    restarts: member?.restartGeneration,
  }
}

test.each([
  'up with backups in another place',
  'up with backups of a stopped server in another place',
])(
  '%s: the instance writes a new history with a base backup, and the one before is closed',
  async (name) => {
    const { state, lineages, backups, files, instance, restarts } = await leftAfter(name)
    expect(state).toBe('done')
    const old = lineages.find((l) => l.closedAt !== undefined)
    const next = lineages.find((l) => l.closedAt === undefined)
    expect(lineages).toHaveLength(2)
    expect(instance?.lineage).toBe(next?.id)
    expect(next).toMatchObject({
      parent: { lineage: old?.id, how: 'renewal' },
      instanceId: old?.instanceId,
      systemIdentifier: old?.systemIdentifier,
    })
    expect(next?.recipe.sealedPassword).not.toBe('')
    expect(backups.filter((b) => b.lineage === next?.id)).toHaveLength(1)
    expect(Object.keys(files)).not.toContain('archive-both.sh')
    expect(files['archiving.conf']).toContain(`fake ${next?.id}`)
    expect(restarts).toBe(1)
  },
)

test('what is cancelled before the new history has a base backup goes on with the old one alone', async () => {
  const { state, lineages, files, instance } = await leftAfter(
    'up with backups in another place that is cancelled before their base is whole',
  )
  expect(state).toBe('cancelled')
  const [only, ...more] = lineages
  expect(more).toEqual([])
  expect(only?.closedAt).toBeUndefined()
  expect(instance?.lineage).toBe(only?.id)
  expect(Object.keys(files)).not.toContain('archive-both.sh')
  expect(files['archiving.conf']).toContain(`fake ${only?.id}`)
})

test('a server that is not well when it is told of its new history leaves the one before closed all the same', async () => {
  const { state, lineages, instance } = await leftAfter(
    'new history of a server that left its own and is not well',
  )
  expect(state).toBe('failed')
  const open = lineages.filter((l) => l.closedAt === undefined)
  expect(lineages).toHaveLength(2)
  expect(open.map((l) => l.id)).toEqual([instance?.lineage])
})
