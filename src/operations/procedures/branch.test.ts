import { expect, test } from 'vitest'
import { branchScenarios, masked, membersOf } from './branch-scenarios.suite.ts'
import { play } from './play.suite.ts'

const scenarios = new Map(branchScenarios)

test('what is left after each scenario of branches is what it is for', async () => {
  const left = async (name: string) => {
    const { end, documents: stored } = await play(scenarios.get(name)!)
    const folders = [...membersOf(stored)]
      .toSorted()
      .map(
        ([service, { directory, wanted }]) =>
          `${service} on ${directory.split('/').at(-2)}, ${wanted}`,
      )
    return [end.state, end.error ?? 'well', end.servers.length, end.copies.length, ...folders]
  }
  const both = ['db on db, running', 'try on try, running']
  const portInUse = ['failed', 'PORT_IN_USE']
  const ends: Record<string, (string | number)[]> = {
    branch: ['done', 'well', 2, 0, ...both],
    'branch of a stopped instance': ['done', 'well', 1, 0, 'db on db, stopped', both[1]!],
    'branch that does not start': [...portInUse, 1, 0, both[0]!],
    'branch that is cancelled on its way': ['cancelled', 'OPERATION_CANCELLED', 1, 0, both[0]!],
    swap: ['done', 'well', 1, 0, 'db on try, running', 'db-before on db, stopped'],
    'swap that keeps the old data under the other name': [
      ...['done', 'well', 1, 0],
      ...['db on try, running', 'try on db, stopped'],
    ],
    'swap with what does not start there': [...portInUse, 2, 0, ...both],
    'swap of a stopped instance that does not start': [
      ...[...portInUse, 1, 0],
      ...['db on db, stopped', both[1]!],
    ],
    'swap that is cancelled on its way': ['cancelled', 'OPERATION_CANCELLED', 2, 0, ...both],
    'swap and back': ['done', 'well', 1, 0, both[0]!, 'try on try, stopped'],
    'reset of a branch': ['done', 'well', 2, 0, both[0]!, 'try on try-building, running'],
    'reset of a branch whose new data does not start in its place': [...portInUse, 2, 0, ...both],
    'removal of a branch': ['done', 'well', 1, 0, both[0]!],
    'removal of an expired branch that was kept meanwhile': ['done', 'well', 2, 0, ...both],
  }
  for (const [name, end] of Object.entries(ends)) expect(await left(name), name).toEqual(end)
})

test('a renamed branch is known by its new name to its own branches', async () => {
  const { documents: stored } = await play(scenarios.get('renaming of a branch that has a branch')!)
  const leaf = stored.find((e) => e.key === 'instances/shop/leaf')?.value
  expect(leaf).toMatchObject({ branch: { service: 'tried' } })
})

test('a branch whose scripts a dying daemon cut short is made anew, and each ran once on its data', async () => {
  const undisturbed = await play(masked)
  expect(undisturbed.end.servers).toContainEqual([
    expect.stringContaining('/try/'),
    ['app'],
    expect.arrayContaining(['hide()', 'add()']),
  ])
  let anew = 0
  for (let effects = 0; ; effects++) {
    const killed = await play(masked, effects)
    const { steps, ...end } = killed.end
    expect(end, `killed after ${effects} effects`).toEqual({ ...undisturbed.end, steps: undefined })
    if (steps.some((step) => step.includes('(2)'))) anew++
    if (killed.lives === 1) break
  }
  expect(anew).toBeGreaterThan(1)
})
