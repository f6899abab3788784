import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { boundariesOf, Crasher } from '../support/lab/crash.ts'
import { project } from '../support/lab/desired.ts'
import { NEWER, OLDER } from '../support/lab/engines.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { faultsOf } from '../support/lab/soundness.ts'

/** 1 to n, so that every boundary has its round. */
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

/** The n-th boundary of an operation that has `count` of them; without a crash once all had their turn. */
const crashAt = (crasher: Crasher, n: number, count: number, begin: () => Promise<Operation>) =>
  n <= count ? crasher.atBoundary(n, begin) : crasher.calmly(begin)

const up = (lab: Lab, desired: ReturnType<typeof project>) => () => lab.api.upProject(desired)
const down =
  (lab: Lab, name: string, finalSnapshot: 'keep' | 'none' | 'auto', services = ['db']) =>
  () =>
    lab.api.downProject({ project: name, services, finalSnapshot })

async function plannedAgain(lab: Lab, desired: ReturnType<typeof project>): Promise<string[]> {
  return (await lab.api.planProject(desired)).actions.map((a) => a.sentence)
}

function expectEnd(operation: Operation, state: Operation['state'], round: string): void {
  expect(operation.error, round).toBe(undefined)
  expect(operation.state, round).toBe(state)
}

test.concurrent(
  'a daemon that dies at any boundary of a creation or a removal has it finished by the next',
  async () => {
    await using lab = await openLab()
    const crasher = await Crasher.of(lab)
    const desired = project('shop')
    const creating = boundariesOf(await crasher.calmly(up(lab, desired)))
    const removing = boundariesOf(await crasher.calmly(down(lab, 'shop', 'none')))
    expect(Math.min(creating, removing)).toBeGreaterThan(0)
    for (const n of upTo(Math.max(creating, removing))) {
      const round = `creation, boundary ${n}`
      const made = await crashAt(crasher, n, creating, up(lab, desired))
      expectEnd(made, 'done', round)
      expect(await faultsOf(lab), round).toEqual([])
      expect(await plannedAgain(lab, desired), round).toEqual([])
      const client = await connectTo(lab, { project: 'shop', service: 'db' })
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      await client.end()

      const removal = `removal, boundary ${n}`
      const gone = await crashAt(crasher, n, removing, down(lab, 'shop', 'none'))
      expectEnd(gone, 'done', removal)
      expect(await lab.api.listInstances({}), removal).toEqual([])
      expect(await faultsOf(lab), removal).toEqual([])
    }
  },
)

test.concurrent(
  'a daemon that dies at any boundary of a creation that fails has it undone by the next',
  async () => {
    await using lab = await openLab()
    const crasher = await Crasher.of(lab)
    const path = join(lab.root, '1.sql')
    await writeFile(path, 'create table half (n integer);\nselect nothing_at_all;\n')
    const desired = project('shop', { initFiles: [{ name: '1.sql', path }] })
    const failing = await crasher.calmly(up(lab, desired))
    expect(failing.error?.code).toBe('INIT_SCRIPT_FAILED')
    for (const n of upTo(boundariesOf(failing))) {
      const round = `boundary ${n}`
      const failed = await crasher.atBoundary(n, up(lab, desired))
      expect(failed.state, round).toBe('failed')
      expect(failed.error?.code, round).toBe('INIT_SCRIPT_FAILED')
      expect(await lab.api.listInstances({}), round).toEqual([])
      expect(await faultsOf(lab), round).toEqual([])
    }
  },
)

test.concurrent(
  'a daemon that dies at any boundary of a change has it finished by the next, and no row is lost',
  async () => {
    await using lab = await openLab()
    const crasher = await Crasher.of(lab)
    /** Odd and even states differ in all that can be changed; a restart is needed for each. */
    const desiredOf = (n: number) =>
      project('shop', {
        version: n % 2 === 0 ? OLDER : NEWER,
        password: [`password-${n}`],
        database: [`database_${n}`],
        settings: { max_connections: String(40 + (n % 2)) },
      })
    await crasher.calmly(up(lab, desiredOf(0)))
    const named = { project: 'shop', service: 'db' }
    const ledger = new Ledger()
    const first = await connectTo(lab, named)
    await ledger.create(first)
    await ledger.write(first, 10)
    await first.end()
    const changed = await crasher.calmly(up(lab, desiredOf(1)))
    expect(changed.error).toBe(undefined)
    for (const n of upTo(boundariesOf(changed))) {
      const desired = desiredOf(n + 1)
      const round = `change, boundary ${n}: ${changed.steps[Math.floor((n - 1) / 2)]?.name}`
      expectEnd(await crasher.atBoundary(n, up(lab, desired)), 'done', round)
      expect(await faultsOf(lab), round).toEqual([])
      expect(await plannedAgain(lab, desired), round).toEqual([])
      const fresh = await connectTo(lab, named)
      const { rows } = await fresh.query(
        `select current_setting('max_connections') as limit, current_database() as database,
                current_setting('server_version') as version`,
      )
      const { major, minor } = (n + 1) % 2 === 0 ? OLDER : NEWER
      expect(rows, round).toEqual([
        {
          limit: String(40 + ((n + 1) % 2)),
          database: `database_${n + 1}`,
          version: `${major}.${minor}`,
        },
      ])
      await fresh.end()
      const old = await connectTo(lab, named, 'database_0')
      await ledger.write(old, 3)
      expect(await ledger.missingIn(old), round).toEqual([])
      await old.end()
    }
  },
)

test.concurrent(
  'no snapshot and no row is lost by a daemon that dies at any boundary of a snapshot, a protected removal or a restore',
  async () => {
    await using lab = await openLab()
    const crasher = await Crasher.of(lab)
    const named = { project: 'shop', service: 'db' }
    const ledger = new Ledger()
    const snapshot = (name: string) => () => lab.api.createSnapshot({ ...named, name })
    const restore = (name: string) => () =>
      lab.api.restoreSnapshot({ name, project: 'shop', as: 'db' })
    const finalSnapshot = (operation: Operation): string =>
      (operation.output as { snapshots: string[] }).snapshots[0] ?? ''

    expectEnd(
      await crasher.calmly(up(lab, project('shop', {}, { mode: 'balanced' }))),
      'done',
      'up',
    )
    const first = await connectTo(lab, named)
    await ledger.create(first)
    await ledger.write(first, 10)
    await first.end()
    const copied = await crasher.calmly(snapshot('calm'))
    const removed = await crasher.calmly(down(lab, 'shop', 'auto'))
    const restored = await crasher.calmly(restore(finalSnapshot(removed)))
    const counts = [copied, removed, restored].map(boundariesOf)
    const [copying = 0, removing = 0, restoring = 0] = counts
    for (const n of upTo(Math.max(...counts))) {
      const name = `manual-${n}`
      const round = `boundary ${n}`
      if (n <= copying) {
        expectEnd(await crasher.atBoundary(n, snapshot(name)), 'done', round)
        expect(await faultsOf(lab), round).toEqual([])
      }

      // A client writes on until it is shut out: what it was told is committed must be in the final snapshot.
      const client = await connectTo(lab, named)
      const writing = ledger.write(client, Infinity).catch((error: unknown) => error)
      // The mode goes with the project, which the last removal has forgotten.
      const gone = await crashAt(crasher, n, removing, down(lab, 'shop', 'keep'))
      expectEnd(gone, 'done', round)
      await writing
      expect(await lab.api.listInstances({}), round).toEqual([])
      const kept = (await lab.api.listSnapshots({})).map((s) => s.name)
      expect(kept, round).toContain(finalSnapshot(gone))
      if (n <= copying) expect(kept, round).toContain(name)
      expect(await faultsOf(lab), round).toEqual([])

      const back = await crashAt(crasher, n, restoring, restore(finalSnapshot(gone)))
      expectEnd(back, 'done', round)
      expect(await faultsOf(lab), round).toEqual([])
      const after = await connectTo(lab, named)
      expect(await ledger.missingIn(after), round).toEqual([])
      await after.end()
      await lab.finished(await lab.api.removeSnapshot({ name: finalSnapshot(gone) }))
    }
  },
)

test.concurrent(
  'a removal whose final snapshot cannot be taken never happened, whenever the daemon dies in it',
  async () => {
    await using lab = await openLab()
    const crasher = await Crasher.of(lab)
    const named = { project: 'shop', service: 'db' }
    const ledger = new Ledger()
    await crasher.calmly(up(lab, project('shop', {}, { mode: 'balanced' })))
    const first = await connectTo(lab, named)
    await ledger.create(first)
    await ledger.write(first, 10)
    await first.end()
    const snapshots = join(lab.home, 'snapshots')
    await rm(snapshots, { recursive: true, force: true })
    await writeFile(snapshots, 'a file where the folder should be')
    const failing = await crasher.calmly(down(lab, 'shop', 'auto'))
    expect(failing.error?.code).toBe('HOME_UNUSABLE')
    for (const n of upTo(boundariesOf(failing))) {
      const round = `boundary ${n}`
      const failed = await crasher.atBoundary(n, down(lab, 'shop', 'auto'))
      expect(failed.error?.code, round).toBe('HOME_UNUSABLE')
      const client = await connectTo(lab, named)
      await ledger.write(client, 2)
      expect(await ledger.missingIn(client), round).toEqual([])
      await client.end()
    }
    await rm(snapshots)
    await mkdir(snapshots, { mode: 0o711 })
    expect(await faultsOf(lab)).toEqual([])
    expectEnd(await crasher.calmly(down(lab, 'shop', 'auto')), 'done', 'once it can be taken')
  },
)
