import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Lab, openLab } from '../support/lab-home.ts'
import { archiveSegment, lineageOf } from '../support/lab/admin.ts'
import { backedUp, db, done } from '../support/lab/drilled.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { killHard, pidFileOf } from '../support/lab/machine.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const named = (service: string) => ({ project: 'shop', service })

async function write(lab: Lab, service: string, n: number): Promise<void> {
  const client = await connectTo(lab, named(service))
  await client.query('create table if not exists notes (n integer)')
  await client.query('insert into notes values ($1)', [n])
  await client.end()
}

async function notes(lab: Lab, service: string): Promise<number[]> {
  const client = await connectTo(lab, named(service))
  const { rows } = await client.query<{ n: number }>('select n from notes order by n')
  await client.end()
  return rows.map(({ n }) => n)
}

const restore = (lab: Lab, service: string, as: string) =>
  lab.api.restore({ ...named(service), target: { kind: 'latest' }, as, inPlace: false })

/** Every WAL file that an archive has or has put aside, by the timeline that its name begins with. */
function timelinesOf(lab: Lab, service: string): string[] {
  const { directory } = lineageOf(lab, named(service))
  const files = (readdirSync(directory, { recursive: true }) as string[])
    .filter((path) => !path.startsWith('bases'))
    .map((path) => /(?:^|\/)([0-9A-F]{8})(?:[0-9A-F]{16}|\.history)/.exec(path)?.[1])
  return [...new Set(files.filter((timeline) => timeline !== undefined))].toSorted()
}

/** Kills the server of an instance as a power cut would; gives when another one takes connections. */
async function crash(lab: Lab, service: string): Promise<void> {
  const { pid } = await lab.api.getInstance(named(service))
  killHard(pid ?? 0)
  await until(`another server of ${service}`, async () => {
    const now = await lab.api.getInstance(named(service))
    return now.state === 'ready' && now.pid !== pid
  })
}

test('a restored server that crashes at once recovers, on a timeline and in an archive of its own, and can be restored itself', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client } = await backedUp(lab)
  await client.end()
  await write(lab, 'db', 1)
  await done(lab, restore(lab, 'db', 'child'))
  await crash(lab, 'child')
  expect(await notes(lab, 'child')).toEqual([1])

  // From here on the two differ, in the same places of their WAL.
  await write(lab, 'child', 20)
  await write(lab, 'db', 2)
  const ofChild = await archiveSegment(lab, named('child'))
  const ofParent = await archiveSegment(lab, db)
  expect([ofParent, ofChild].map((name) => name.slice(0, 8))).toEqual(['00000001', '00000002'])
  const [parent, child] = [lineageOf(lab, db), lineageOf(lab, named('child'))]
  expect(child.parent).toMatchObject({ lineage: parent.id, how: 'restore', timeline: 1 })
  expect(child.systemIdentifier).toBe(parent.systemIdentifier)
  expect(child.directory).not.toBe(parent.directory)

  // What is restored from one has nothing of the other.
  await done(lab, restore(lab, 'db', 'again'))
  expect(await notes(lab, 'again')).toEqual([1, 2])
  await done(lab, lab.api.createBackup(named('child')))
  await write(lab, 'child', 30)
  await done(lab, restore(lab, 'child', 'grandchild'))
  await crash(lab, 'grandchild')
  expect(await notes(lab, 'grandchild')).toEqual([1, 20, 30])
  await write(lab, 'grandchild', 40)
  expect((await archiveSegment(lab, named('grandchild'))).slice(0, 8)).toBe('00000003')

  expect(timelinesOf(lab, 'db')).toEqual(['00000001'])
  // It archives the end of the file in which it left its parent’s timeline, as Postgres does: into its own archive.
  expect(timelinesOf(lab, 'child').filter((t) => t > '00000001')).toEqual(['00000002'])
  expect(timelinesOf(lab, 'grandchild').filter((t) => t > '00000002')).toEqual(['00000003'])
  const lineages = await lab.api.listLineages({})
  expect(lineages.flatMap((l) => l.problems)).toEqual([])
  await crash(lab, 'db')
  expect(await notes(lab, 'db')).toEqual([1, 2])
  expect(await faultsOf(lab)).toEqual([])
})

test('a server that is killed while it recovers either comes back whole or is told and leaves nothing', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client } = await backedUp(lab)
  for (let round = 0; round < 4; round++) {
    await client.query(`update orders set note = note || 'x'`)
  }
  await client.end()
  await write(lab, 'db', 1)
  for (let round = 0; round < 3; round++) {
    const as = `restored${round}`
    const begun = await restore(lab, 'db', as)
    const pid = await until('a server that recovers', async () => {
      const { dataDirectory } =
        (await lab.api.listInstances({})).find((i) => i.service === as) ?? {}
      // It makes the file before it writes its number.
      return dataDirectory !== undefined && startingServerOn(dataDirectory)
    })
    killHard(pid)
    const { state, error } = await lab.finished(begun)
    if (state === 'done') expect(await notes(lab, as)).toEqual([1])
    else expect(error?.code).toBe('SERVER_START_FAILED')
    expect(await faultsOf(lab)).toEqual([])
  }
})

function startingServerOn(data: string): number | undefined {
  try {
    return pidFileOf(data) || undefined
  } catch {
    return undefined // it is not in its place yet
  }
}
