import { expect, test } from 'vitest'
import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { enqueue } from '../../src/operations/enqueue.ts'
import { prune } from '../../src/operations/procedures/prune.ts'
import { documents } from '../../src/store/documents.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { Crasher, type Moment, momentsOf } from '../support/lab/crash.ts'
import { project } from '../support/lab/desired.ts'
import { done } from '../support/lab/drilled.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { randomFrom } from '../support/lab/random.ts'
import { faultsOf } from '../support/lab/soundness.ts'

/** A daemon dies at every step of what works with backups. HOWDAH_TEST_SEED repeats the moments of a run that failed. */
const seed = Number(process.env['HOWDAH_TEST_SEED'] ?? Date.now() % 1_000_000)
const random = randomFrom(seed)
const db = { project: 'shop', service: 'db' }

/** A daemon to be killed, and shop/db with rows and a backup of them. */
async function backedUp(lab: Lab, spec: Parameters<typeof project>[1] = {}) {
  const crasher = await Crasher.of(lab)
  await done(lab, lab.api.upProject(project('shop', spec)))
  const ledger = new Ledger()
  const client = await connectTo(lab, db)
  await ledger.create(client)
  await ledger.write(client, 10)
  await done(lab, lab.api.createBackup(db))
  await ledger.write(client, 10)
  await client.end()
  const [history] = await lab.api.listBackups(db)
  return { crasher, ledger, lineage: history?.lineage.id ?? '' }
}

/** An operation in which the daemon is killed at this moment: the next one must end it well, and leave nothing half done. */
async function diesAt(
  { lab, crasher }: { lab: Lab; crasher: Crasher },
  moment: Moment | undefined,
  begin: () => Promise<Operation>,
): Promise<{ ended: Operation; round: string }> {
  const round = roundOf(moment)
  const ended = await crasher.at(moment, begin)
  expect([ended.state, ended.error], round).toEqual(['done', undefined])
  expect(await faultsOf(lab), round).toEqual([])
  return { ended, round }
}

const roundOf = (moment: Moment | undefined): string =>
  `seed ${seed}: ${moment?.what ?? 'undisturbed'}`

async function expectRows(lab: Lab, service: string, ledger: Ledger, round: string): Promise<void> {
  const client = await connectTo(lab, { project: 'shop', service })
  expect(await ledger.missingIn(client), round).toEqual([])
  await client.end()
}

async function rowsIn(lab: Lab, service: string): Promise<number | undefined> {
  const client = await connectTo(lab, { project: 'shop', service })
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from ledger')
  await client.end()
  return rows[0]?.n
}

const gone = (lab: Lab, service: string) =>
  done(lab, lab.api.downProject({ project: 'shop', services: [service], finalSnapshot: 'none' }))

test.concurrent(
  'a daemon that dies in a backup has it taken by the next, whole and once',
  async () => {
    await using lab = await openLab()
    const { crasher, lineage } = await backedUp(lab)
    const begin = () => lab.api.createBackup(db)
    const calm = await crasher.calmly(begin)
    let taken = 2
    for (const moment of momentsOf(calm, random)) {
      const { round } = await diesAt({ lab, crasher }, moment, begin)
      const [history] = await lab.api.listBackups(db)
      expect(history?.backups, round).toHaveLength(++taken)
    }
    await done(lab, lab.api.verifyBackups({ lineage }))
  },
)

test.concurrent(
  'a daemon that dies while a removed instance is brought back has it finished by the next, with every row',
  async () => {
    await using lab = await openLab()
    const { crasher, ledger, lineage } = await backedUp(lab)
    await gone(lab, 'db')
    const begin = () =>
      lab.api.restore({
        project: 'shop',
        lineage,
        target: { kind: 'latest' },
        as: 'db',
        inPlace: false,
      })
    const calm = await crasher.calmly(begin)
    await gone(lab, 'db')
    for (const moment of momentsOf(calm, random)) {
      const { round } = await diesAt({ lab, crasher }, moment, begin)
      await expectRows(lab, 'db', ledger, round)
      expect(await rowsIn(lab, 'db'), round).toBe(ledger.size)
      await gone(lab, 'db')
      expect(await faultsOf(lab), round).toEqual([])
    }
  },
)

test.concurrent(
  'a daemon that dies in an exchange has it finished by the next: in place, and back again, no row is lost',
  async () => {
    await using lab = await openLab()
    const { crasher, ledger, lineage } = await backedUp(lab)
    const [backup] = (await lab.api.listBackups(db))[0]?.backups ?? []
    const target = { kind: 'backup', id: backup?.id ?? '' } as const
    const inPlace = () => lab.api.restore({ ...db, lineage, target, inPlace: true })
    const back = (other: string) => () => lab.api.swapInstances({ ...db, other, keepAs: 'kept' })
    const keptAs = ({ output }: Operation): string => (output as { keptAs: string }).keptAs
    const { endpoint } = await lab.api.getInstance(db)

    const calm = await crasher.calmly(inPlace)
    const calmBack = await crasher.calmly(back(keptAs(calm)))
    await gone(lab, 'kept')
    // What comes before is the same as in the restore of a removed instance.
    const there = momentsOf(calm, random, ': note both')
    const andBack = momentsOf(calmBack, random)
    for (let i = 0; i < Math.max(there.length, andBack.length); i++) {
      const client = await connectTo(lab, db)
      const writing = ledger.write(client, Infinity).catch((error: unknown) => error)
      const { ended, round } = await diesAt({ lab, crasher }, there[i], inPlace)
      await writing
      const kept = keptAs(ended)
      expect((await lab.api.getInstance(db)).endpoint, round).toEqual(endpoint)
      expect((await lab.api.getInstance({ ...db, service: kept })).state, round).toBe('stopped')
      expect(await rowsIn(lab, 'db'), round).toBe(10)

      const returned = await diesAt({ lab, crasher }, andBack[i], back(kept))
      await expectRows(lab, 'db', ledger, returned.round)
      await gone(lab, 'kept')
      expect(await faultsOf(lab), returned.round).toEqual([])
    }
  },
)

test.concurrent(
  'a daemon that dies in a branch’s making or reset has it finished by the next, masked, and its parent is left alone',
  async () => {
    await using lab = await openLab()
    const { crasher, ledger } = await backedUp(lab)
    const feature = { project: 'shop', service: 'feature' }
    const mask = { name: 'mask.sql', text: 'update ledger set n = -n' }
    const create = () =>
      lab.api.createBranch({
        project: 'shop',
        of: 'db',
        name: 'feature',
        mask,
        suspendAfterMs: 0,
      })
    const reset = () => lab.api.resetBranch(feature)
    const masked = async (round: string): Promise<void> => {
      const client = await connectTo(lab, feature)
      const { rows } = await client.query(
        'select count(*)::int as n, (min(n) < 0 and max(n) < 0) as masked from ledger',
      )
      await client.end()
      expect(rows, round).toEqual([{ n: ledger.size, masked: true }])
    }
    const made = await crasher.calmly(create)
    await masked('undisturbed')
    const again = await crasher.calmly(reset)
    await masked('undisturbed reset')
    const remove = () => done(lab, lab.api.removeBranch({ ...feature, cascade: false }))
    await remove()
    for (const moment of momentsOf(made, random)) {
      const { round } = await diesAt({ lab, crasher }, moment, create)
      await masked(round)
      await remove()
    }
    await done(lab, create())
    // What comes before is the same as in its making.
    for (const moment of momentsOf(again, random, ': note both')) {
      const { round } = await diesAt({ lab, crasher }, moment, reset)
      await masked(round)
      const client = await connectTo(lab, db)
      await ledger.write(client, 1)
      await client.end()
      const names = (await lab.api.listInstances({})).map((i) => i.service)
      expect(names.toSorted(), round).toEqual(['db', 'feature'])
    }
    await expectRows(lab, 'db', ledger, 'the end')
  },
)

test.concurrent(
  'a daemon that dies in a clean-up has it finished by the next, and what is kept restores',
  async () => {
    await using lab = await openLab()
    const backups = { ...defaultBackupPolicy, keepMs: 1, keepBases: 1 }
    const { crasher, ledger, lineage } = await backedUp(lab, { backups })
    const take = () => done(lab, lab.api.createBackup(db))
    const write = (store: Parameters<typeof documents>[0]) =>
      enqueue({ store, documents: documents(store), host: undefined }, prune, {
        lineage,
        force: true,
      })
    await take()
    const calm = await crasher.atOfWritten(undefined, write)
    expect(calm.steps.length).toBeGreaterThan(2)
    for (const moment of momentsOf(calm, random)) {
      const round = roundOf(moment)
      await take()
      const ended = await crasher.atOfWritten(moment, write)
      expect([ended.state, ended.error], round).toEqual(['done', undefined])
      expect(await faultsOf(lab), round).toEqual([])
      const [history] = await lab.api.listBackups(db)
      expect(history?.backups, round).toHaveLength(1)
      expect(history?.lineage.problems, round).toEqual([])
    }
    await done(lab, lab.api.verifyBackups({ lineage }))
    const target = { kind: 'latest' } as const
    await done(lab, lab.api.restore({ ...db, target, as: 'restored', inPlace: false }))
    await expectRows(lab, 'restored', ledger, 'the end')
  },
)
