import { expect, test } from 'vitest'
import { branchScenarios, masked, membersOf } from './branch-scenarios.suite.ts'
import { play } from './play.suite.ts'

const scenarios = new Map(branchScenarios)

test('what is left after each scenario of branches is what it is for', async () => {
  const left = async (name: string) => {
    const { end, documents: stored } = await play(scenarios.get(name)!)
    const folders = [...membersOf(stored)].map(
      ([service, { directory, wanted }]) =>
        `${service} on ${directory.split('/').at(-2)}, ${wanted}`,
    )
    const { state, error = 'well', servers, copies } = end
    return `${state}, ${error}, ${servers.length} servers, ${copies.length} copies: ${folders.toSorted((a, b) => (a < b ? -1 : 1)).join('; ')}`
  }
  const both = 'db on db, running; try on try, running'
  const well = 'done, well'
  const broken = 'failed, PORT_IN_USE'
  const cancelled = 'cancelled, OPERATION_CANCELLED'
  const ends: Record<string, string> = {
    branch: `${well}, 2 servers, 0 copies: ${both}`,
    'branch of a stopped instance': `${well}, 1 servers, 0 copies: db on db, stopped; try on try, running`,
    'branch that does not start': `${broken}, 1 servers, 0 copies: db on db, running`,
    'branch that is cancelled on its way': `${cancelled}, 1 servers, 0 copies: db on db, running`,
    swap: `${well}, 1 servers, 0 copies: db on try, running; db-before on db, stopped`,
    'swap that keeps the old data under the other name': `${well}, 1 servers, 0 copies: db on try, running; try on db, stopped`,
    'swap with what does not start there': `${broken}, 2 servers, 0 copies: ${both}`,
    'swap of a stopped instance that does not start': `${broken}, 1 servers, 0 copies: db on db, stopped; try on try, running`,
    'swap that is cancelled on its way': `${cancelled}, 2 servers, 0 copies: ${both}`,
    'swap and back': `${well}, 1 servers, 0 copies: db on db, running; try on try, stopped`,
    'reset of a branch': `${well}, 2 servers, 0 copies: db on db, running; try on try-building, running`,
    'reset of a branch whose new data does not start in its place': `${broken}, 2 servers, 0 copies: ${both}`,
    'removal of a branch': `${well}, 1 servers, 0 copies: db on db, running`,
    'removal of an expired branch that was kept meanwhile': `${well}, 2 servers, 0 copies: ${both}`,
  }
  for (const [name, end] of Object.entries(ends)) expect(await left(name), name).toBe(end)
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
