import { expect, test } from 'vitest'
import { openLab } from '../support/lab-home.ts'
import { boundariesOf, Crasher } from '../support/lab/crash.ts'
import { allBut, backedUp, outcomes, recordOf } from '../support/lab/drilled.ts'
import { faultsOf } from '../support/lab/soundness.ts'

/** A whole drill for each boundary takes minutes; the procedures' own tests kill it after each of its effects. */
const EVERY = 4

test('a daemon that dies in a drill has it finished by the next, which leaves nothing but one record', async () => {
  await using lab = await openLab()
  const crasher = await Crasher.of(lab)
  const { client, lineage } = await backedUp(lab)
  await client.end()
  const begin = () => lab.api.runDrill({ lineage: lineage.id })
  const count = boundariesOf(await crasher.calmly(begin))
  expect(count).toBeGreaterThan(20)
  let drills = 1
  for (let n = 2; n <= count; n += EVERY) {
    const round = `boundary ${n}`
    const drill = await recordOf(lab, lineage.id, await crasher.atBoundary(n, begin))
    expect(drill.failure, round).toBe(undefined)
    expect(outcomes(drill), round).toEqual(allBut())
    expect(await lab.api.listDrills({ lineage: lineage.id }), round).toHaveLength(++drills)
    expect(await faultsOf(lab), round).toEqual([])
  }
})
