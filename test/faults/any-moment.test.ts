import { expect, test } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { Crasher } from '../support/lab/crash.ts'
import { project } from '../support/lab/desired.ts'
import { NEWER, OLDER } from '../support/lab/engines.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { randomFrom } from '../support/lab/random.ts'
import { faultsOf } from '../support/lab/soundness.ts'

/** HOWDAH_TEST_SEED repeats the moments of a run that failed. */
const seed = Number(process.env['HOWDAH_TEST_SEED'] ?? Date.now() % 1_000_000)
/** Each has five operations. */
const ROUNDS = 6
/** Some moments are to lie after the end of an operation as it was when nobody killed anything. */
const BEYOND = 1.1

const named = { project: 'shop', service: 'db' }

/** One life of an instance: made, changed, copied, removed with a final snapshot, restored and removed for good. */
const life = (lab: Lab, round: number): Record<string, () => Promise<Operation>> => ({
  create: () => lab.api.upProject(project('shop', { version: OLDER })),
  change: () =>
    lab.api.upProject(
      project('shop', {
        version: NEWER,
        password: ['second-password'],
        settings: { max_connections: '50' },
      }),
    ),
  snapshot: () => lab.api.createSnapshot({ ...named, name: `manual-${round}` }),
  protectedDown: () =>
    lab.api.downProject({ project: 'shop', services: ['db'], finalSnapshot: 'keep' }),
  restore: () => lab.api.restoreSnapshot({ name: `manual-${round}`, project: 'shop', as: 'db' }),
})

test(`a daemon killed at any moment leaves nothing half done (seed ${seed})`, async () => {
  await using lab = await openLab()
  const random = randomFrom(seed)
  const crasher = await Crasher.of(lab)
  const durationsMs = new Map<string, number>()
  for (let round = 0; round <= ROUNDS; round++) {
    const ledger = new Ledger()
    for (const [name, begin] of Object.entries(life(lab, round))) {
      const longestMs = durationsMs.get(name)
      const delayMs = Math.round(random() * BEYOND * (longestMs ?? 0))
      const moment = `round ${round}: ${name}, ${delayMs} ms`
      // The first life shows how long each operation takes.
      const beganAtMs = performance.now()
      const ended =
        longestMs === undefined ? await crasher.calmly(begin) : await crasher.after(delayMs, begin)
      if (longestMs === undefined) durationsMs.set(name, performance.now() - beganAtMs)
      expect(ended.error, moment).toBe(undefined)
      expect(ended.state, moment).toBe('done')
      expect(await faultsOf(lab), moment).toEqual([])
      if (name === 'protectedDown') continue
      const client = await connectTo(lab, named)
      if (name === 'create') await ledger.create(client)
      // What was written after the snapshot is in the final one, not in the one that is restored.
      if (name === 'create' || name === 'change') await ledger.write(client, 10)
      expect(await ledger.missingIn(client), moment).toEqual([])
      await client.end()
    }
    const last = await lab.api.downProject({ ...named, services: [], finalSnapshot: 'none' })
    expect((await lab.finished(last)).error).toBe(undefined)
  }
  const snapshots = await lab.api.listSnapshots({})
  expect(snapshots.filter((s) => s.kind === 'final')).toHaveLength(ROUNDS + 1)
  expect(snapshots.filter((s) => s.kind === 'manual')).toHaveLength(ROUNDS + 1)
})
