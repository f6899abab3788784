import { expect, test } from 'vitest'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { member } from '../../core/plan/documents.suite.ts'
import { branchScenarios } from './branch-scenarios.suite.ts'
import { exportScenarios } from './export-scenarios.suite.ts'
import { renewScenarios } from './renew-scenarios.suite.ts'
import { play } from './play.suite.ts'
import { sleepScenarios } from './sleep-scenarios.suite.ts'
import { finalName, scenarios as others } from './scenarios.suite.ts'

const scenarios = [
  ...others,
  ...branchScenarios,
  ...sleepScenarios,
  ...exportScenarios,
  ...renewScenarios,
]

test.each(scenarios)(
  '%s: killed after any effect, it comes to the same end',
  // Each is played once for each of its effects, which on a busy machine takes longer than a test may by itself.
  { timeout: 60_000 },
  async (_, scenario) => {
    const undisturbed = await play(scenario)
    expect(undisturbed.lives).toBe(1)
    for (let effects = 0; ; effects++) {
      const killed = await play(scenario, effects)
      const at = `killed after ${effects} effects`
      // A cancel may be seen before or after the step in which it came; either way the end is a whole one.
      if (!scenario.cancelledIn) expect(killed.end, at).toEqual(undisturbed.end)
      const { state, error, servers, copies, snapshots, repositories, lineages } = killed.end
      expect({ state, error, servers }, at).toEqual({
        state: undisturbed.end.state,
        error: undisturbed.end.error,
        servers: undisturbed.end.servers,
      })
      expect(copies, at).toEqual(snapshots)
      expect(new Set(repositories.map(([id]) => id)), at).toEqual(new Set(lineages))
      if (killed.lives === 1) {
        expect(effects).toBeGreaterThan(3)
        return
      }
    }
  },
)

test('what is left after each scenario is what it is for', async () => {
  const left = async (name: string) => {
    const { end } = await play(new Map(scenarios).get(name)!)
    return [end.state, end.error, end.servers.length, end.copies, end.kinds]
  }
  const history = ['archives', 'lineages']
  const nothing = [0, [], ['projects']]
  const alive = ['credentials', 'instances', 'lineages', 'members', 'observed', 'projects']
  expect(await left('up of a server that does not start')).toEqual([
    'failed',
    'PORT_IN_USE',
    ...nothing,
  ])
  expect(await left('up that is cancelled on its way')).toEqual([
    'cancelled',
    'OPERATION_CANCELLED',
    ...nothing,
  ])
  expect(await left('up that would create what is there by now')).toEqual([
    'failed',
    'INSTANCE_EXISTS',
    1,
    [],
    alive,
  ])
  expect(await left('up whose plan is outdated')).toEqual(['failed', 'PLAN_OUTDATED', 1, [], alive])
  expect(await left('up with settings that the server does not start with')).toEqual([
    'failed',
    'PORT_IN_USE',
    1,
    [],
    alive,
  ])
  const kept = [`/snapshots/${finalName}`]
  expect(await left('down with a final snapshot')).toEqual([
    'done',
    undefined,
    0,
    kept,
    [...history, 'snapshots'],
  ])
  expect(await left('down without a snapshot')).toEqual(['done', undefined, 0, [], history])
  expect(await left('down whose copy does not start')).toEqual([
    'failed',
    'PORT_IN_USE',
    1,
    [],
    alive,
  ])
  expect(await left('down that is cancelled when its snapshot is kept')).toEqual([
    'cancelled',
    'OPERATION_CANCELLED',
    1,
    kept,
    [...alive, 'snapshots'],
  ])
})

test.each(['down whose copy does not start', 'down that is cancelled when its snapshot is kept'])(
  '%s: clients may enter again',
  async (name) => {
    const { documents: left } = await play(new Map(scenarios).get(name)!)
    const db = left.find((e) => e.key === 'members/shop/db/0')?.value as { files: object }
    expect(db.files).toMatchObject({ 'pg_hba.conf': member().files['pg_hba.conf'] })
  },
)

test('settings with which the server does not start are taken back', async () => {
  const name = 'up with settings that the server does not start with'
  const { documents: left } = await play(new Map(scenarios).get(name)!)
  const db = left.find((e) => e.key === 'members/shop/db/0')?.value as MemberDocument
  expect(db.files['postgresql.conf']).not.toContain("max_connections = '9'")
  expect(db.restartGeneration).toBe(3)
})
