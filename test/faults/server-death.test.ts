import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Instance } from '../../src/contract/instance.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import { connectTo, Ledger } from '../support/lab/ledger.ts'
import { killHard, lives, pidFileOf, postmastersOn } from '../support/lab/machine.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const named = { project: 'shop', service: 'db' }

const instanceOf = (lab: Lab, service = 'db'): Promise<Instance> =>
  lab.api.getInstance({ project: 'shop', service })

/** The instance when another server than that of `pid` is ready. */
const readyAfter = (lab: Lab, pid: number | undefined, service = 'db'): Promise<Instance> =>
  until(`${service} with a new server`, async () => {
    const instance = await instanceOf(lab, service)
    return instance.state === 'ready' && instance.pid !== pid && instance
  })

async function eventKinds(lab: Lab): Promise<string[]> {
  return (await lab.api.listEvents({ limit: 1000 })).map((event) => event.kind)
}

/** A home with a running daemon and the instance shop/db, whose ledger has rows. */
async function labWithRows() {
  const lab = await openLab()
  const daemon = await lab.startDaemon()
  const made = await lab.finished(await lab.api.upProject(project('shop')))
  expect(made.error).toBe(undefined)
  const ledger = new Ledger()
  const client = await connectTo(lab, named)
  await ledger.create(client)
  await ledger.write(client, 20)
  return { lab, daemon, ledger, client }
}

test('a server killed with -9 under writes is back by itself with every acknowledged row', async () => {
  const { lab: home, ledger, client } = await labWithRows()
  await using lab = home
  const before = await instanceOf(lab)
  const writing = ledger.write(client, Infinity).catch((error: unknown) => error)
  const enough = ledger.size + 50
  await until('rows that are written meanwhile', () => ledger.size > enough)
  killHard(before.pid ?? 0)
  expect(await writing).toBeInstanceOf(Error)

  const after = await readyAfter(lab, before.pid)
  expect(after.restarts).toBe(1)
  expect(await eventKinds(lab)).toContain('instance-crashed')
  const again = await connectTo(lab, named)
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()

  killHard(after.pid ?? 0)
  expect((await readyAfter(lab, after.pid)).restarts).toBe(2)
  expect(await faultsOf(lab)).toEqual([])
})

test('a server that dies in the middle of a base backup fails it, and leaves nothing of it but the older ones', async () => {
  const { lab: home, ledger, client } = await labWithRows()
  await using lab = home
  const first = await lab.finished(await lab.api.createBackup(named))
  expect(first.error).toBe(undefined)
  await client.query(
    'create table large as select n, md5(n::text) as text from generate_series(1, 1200000) as n',
  )
  const [before] = await lab.api.listBackups(named)
  const bases = join(before?.lineage.directory ?? '', 'bases')
  const begun = await lab.api.createBackup(named)
  const { pid } = await instanceOf(lab)
  // As soon as there is something of it: its copying is far from its end then.
  await until('a half-made base', async () => {
    const part = (await readdir(bases)).find((name) => name.endsWith('.part'))
    return part !== undefined && (await readdir(join(bases, part))).includes('data')
  })
  killHard(pid ?? 0)
  const failed = await lab.finished(begun)
  expect(failed.error?.code).toBe('BACKUP_FAILED')
  expect(await eventKinds(lab)).toContain('backup-failed')
  await readyAfter(lab, pid)
  const [after] = await lab.api.listBackups(named)
  expect(after?.backups).toEqual(before?.backups)
  expect(await readdir(bases)).toEqual(before?.backups.map((b) => b.id))
  const next = await lab.finished(await lab.api.createBackup(named))
  expect(next.error).toBe(undefined)
  const again = await connectTo(lab, named)
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()
  expect(await faultsOf(lab)).toEqual([])
})

test('a backend killed with -9 costs its neighbours their connections and nobody a row', async () => {
  const { lab: home, ledger, client } = await labWithRows()
  await using lab = home
  const before = await instanceOf(lab)
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  killHard(rows[0]?.pid ?? 0)
  // Postgres itself ends the other backends and recovers; its postmaster lives on.
  const again = await until('a connection', () => connectTo(lab, named).catch(() => undefined))
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()
  expect((await instanceOf(lab)).pid).toBe(before.pid)
  expect(await faultsOf(lab)).toEqual([])
})

test('a server that cannot start is tried with growing delays, says why, and runs once it is mended', async () => {
  const { lab: home, ledger, client } = await labWithRows()
  await using lab = home
  await client.end()
  const before = await instanceOf(lab)
  const broken = join(before.dataDirectory, 'postgresql.auto.conf')
  const whole = await readFile(broken, 'utf8')
  await appendFile(broken, 'no_such_setting_at_all = 1\n')
  killHard(before.pid ?? 0)
  const failed = await until('a failed instance', async () => {
    const instance = await instanceOf(lab)
    return instance.state === 'failed' && instance
  })
  expect(failed.reason).toContain('did not start')
  expect(failed.pid).toBe(undefined)
  expect(await eventKinds(lab)).toEqual(
    expect.arrayContaining(['instance-crashed', 'instance-failed']),
  )
  const starts = (): Promise<number[]> => failedStarts(lab.logFile)
  const delays = await until('six failed starts', async () => {
    const at = await starts()
    return at.length >= 6 && at.slice(1).map((t, i) => t - (at[i] ?? 0))
  })
  // Each delay is twice the last; what a start itself takes is far below the fourth.
  expect(delays[4]).toBeGreaterThan(delays[1] ?? Infinity)
  await writeFile(broken, whole)
  await readyAfter(lab, before.pid)
  const again = await connectTo(lab, named)
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()
  expect(await faultsOf(lab)).toEqual([])
})

/** When the daemon's log says that a start failed. */
async function failedStarts(logFile: string): Promise<number[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n')
  return lines
    .filter((line) => line.includes('member step failed') && line.includes('"step":"start"'))
    .map((line) => Date.parse((JSON.parse(line) as { time: string }).time))
}

test('everything killed with -9 at once is brought back by `howdah start`', async () => {
  const { lab: home, daemon, ledger } = await labWithRows()
  await using lab = home
  const other = project('other')
  await lab.finished(await lab.api.upProject(other))
  const pids = (await lab.api.listInstances({})).map((i) => i.pid ?? 0)
  expect(pids).toHaveLength(2)
  for (const pid of [daemon.pid, ...pids]) killHard(pid)
  await daemon.ended
  const { status, stderr } = await lab.howdah(['start', '--all'])
  expect(status, stderr).toBe(0)
  for (const instance of await lab.api.listInstances({})) {
    expect(instance.state).toBe('ready')
    expect(pids).not.toContain(instance.pid)
  }
  const again = await connectTo(lab, named)
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()
  expect(await faultsOf(lab)).toEqual([])
})

test('without a daemon the database works on, and the next daemon adopts it as it is', async () => {
  const { lab: home, daemon, ledger, client } = await labWithRows()
  await using lab = home
  const before = await instanceOf(lab)
  await daemon.kill('SIGKILL')
  await ledger.write(client, 20)
  await lab.startDaemon()
  const adopted = await until('the adopted server', async () => {
    const instance = await instanceOf(lab)
    return instance.state === 'ready' && instance
  })
  expect([adopted.pid, adopted.startedAt, adopted.restarts]).toEqual([
    before.pid,
    before.startedAt,
    0,
  ])
  // The very connection that was open all the time.
  await ledger.write(client, 20)
  expect(await ledger.missingIn(client)).toEqual([])
  const kinds = await eventKinds(lab)
  expect(kinds.filter((kind) => kind === 'instance-ready' || kind === 'instance-crashed')).toEqual([
    'instance-ready',
  ])
  await client.end()
  expect(await faultsOf(lab)).toEqual([])
})

test('a daemon that is told to end leaves the databases and their clients alone', async () => {
  const { lab: home, daemon, ledger, client } = await labWithRows()
  await using lab = home
  const before = await instanceOf(lab)
  await daemon.kill('SIGTERM')
  expect(await daemon.ended).toBe(0)
  await ledger.write(client, 5)
  expect(postmastersOn(before.dataDirectory).map((p) => p.pid)).toEqual([before.pid])
  await lab.startDaemon()
  expect((await readyAfter(lab, undefined)).pid).toBe(before.pid)
  await ledger.write(client, 5)
  await client.end()
})

test('a server that died with the daemon is started though its pid now belongs to another process', async () => {
  const { lab: home, daemon, ledger } = await labWithRows()
  await using lab = home
  const before = await instanceOf(lab)
  await daemon.kill('SIGKILL')
  killHard(before.pid ?? 0)
  await until('the end of the server', () => !lives(before.pid ?? 0))
  // As after a reboot: the number in the files is that of a live process, here of this test.
  const sockets = join(lab.home, 'run', 'pg', `${before.id}-0`)
  const lock = join(sockets, `.s.PGSQL.${before.endpoint.port}.lock`)
  for (const file of [join(before.dataDirectory, 'postmaster.pid'), lock]) {
    const text = await readFile(file, 'utf8')
    expect(text).toMatch(new RegExp(`^${before.pid}\n`))
    await writeFile(file, text.replace(/^\d+/, String(process.pid)))
  }
  await lab.startDaemon()
  const after = await readyAfter(lab, before.pid)
  expect(pidFileOf(after.dataDirectory)).toBe(after.pid)
  const again = await connectTo(lab, named)
  expect(await ledger.missingIn(again)).toEqual([])
  await again.end()
  expect(await faultsOf(lab)).toEqual([])
})
