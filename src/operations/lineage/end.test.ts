import { expect, test } from 'vitest'
import type { ArchivedRest } from '../../backups/backup-engine.ts'
import { member } from '../../core/plan/documents.suite.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { AppError } from '../../errors/app-error.ts'
import { dependenciesOf, Life } from '../fake-host.suite.ts'
import { backup, lineage, openHome } from '../procedures/prune.suite.ts'
import { closeLineage } from './end.ts'

interface Given {
  readonly inOrder: boolean
  readonly left?: ArchivedRest['left']
  readonly acceptLoss?: boolean
  readonly sealedPassword?: string
  readonly backups?: number
}

const left = {
  segments: ['000000010000000000000003', '000000010000000000000004'],
  bytes: 17 * 1024 * 1024,
  writtenAt: '2026-01-02T03:08:00.000Z',
  reason: 'its folder is not there',
}

/** What people are told when an instance goes whose server ended so, or the error that keeps it, and whether its lineage is closed. */
async function closeOne({ inOrder, acceptLoss = false, ...given }: Given) {
  const { sealedPassword = 'sealed', backups = 1 } = given
  const made = Array.from({ length: backups }, (_, n) => backup(n + 1))
  const { store, docs, repositories } = await openHome({ backups: made })
  const { dependencies, events } = dependenciesOf(store, fakeMachine(), repositories, new Life())
  const driver = { ...dependencies.driver, endedInOrder: async () => inOrder }
  const keeper = dependencies.backups.of({ engine: 'copy' })
  const asked: string[] = []
  const engine = {
    ...keeper,
    archiveRest: async (): Promise<ArchivedRest> => {
      asked.push('rest')
      const archive = await keeper.archive(lineage(), undefined)
      return { archive, ...(given.left ? { left: given.left } : {}) }
    },
  }
  const document = lineage({ recipe: { ...lineage().recipe, sealedPassword } })
  let error: AppError | undefined
  try {
    const d = { ...dependencies, driver, backups: { of: () => engine, choose: () => engine } }
    await closeLineage(d, document, member({ wanted: 'stopped' }), { acceptLoss })
  } catch (caught) {
    error = AppError.from(caught)
  }
  return {
    told: events.map(({ kind, message }) => `${kind}: ${message}`),
    error: error && { code: error.code, message: error.message },
    asked,
    isClosed: (await docs.lineages.get('l00001'))?.value.closedAt !== undefined,
  }
}

const closed = { told: [], error: undefined, isClosed: true }

test('an instance whose server shut down goes without a word', async () => {
  expect(await closeOne({ inOrder: true })).toEqual({ ...closed, asked: [] })
})

test('what a server that died had not archived is archived by us, without a word', async () => {
  expect(await closeOne({ inOrder: false })).toEqual({ ...closed, asked: ['rest'] })
})

test('an instance whose last WAL no archive takes is not removed, and the error says what would be lost', async () => {
  expect(await closeOne({ inOrder: false, left })).toEqual({
    told: [],
    asked: ['rest'],
    isClosed: false,
    error: {
      code: 'WAL_UNARCHIVED',
      message:
        '“db” is not removed: 2 WAL files (17 MiB) are in no archive: what was committed after 2026-01-02T03:05:00.000Z ' +
        '(3m of it) goes with its data, because its folder is not there',
    },
  })
})

test('a loss that is accepted is told as an error', async () => {
  const { told, error, isClosed } = await closeOne({ inOrder: false, left, acceptLoss: true })
  expect({ error, isClosed }).toEqual({ error: undefined, isClosed: true })
  expect(told).toEqual([expect.stringMatching(/^archive-lost: 2 WAL files .* ends before that$/)])
})

test('nothing is lost with one that nobody could write to yet, or that has no backup to begin with', async () => {
  expect(await closeOne({ inOrder: false, left, sealedPassword: '' })).toMatchObject(closed)
  expect(await closeOne({ inOrder: false, left, backups: 0 })).toMatchObject(closed)
})
