import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { serverAccount } from '../src/system/account.ts'
import { type Bench, type Figure, figure } from './figure.ts'
import { benchHome, untilQuiet } from './support/home.ts'
import { fillWithPgbench, GIGABYTE_SCALE, pgbenchProgram, runPgbench } from './support/pgbench.ts'

const RUNS = 3
/** Of the load with archiving and without. */
const LOAD_SECONDS = 20
/** More than a base backup takes, however slowly it goes. */
const LONGEST_SECONDS = 3600
/** The goal of issue 3: a backup costs a running load less than 5 %. */
const COST_GOAL = 1.05

/** What continuous archiving and base backups cost a running server. */
export const backup: Bench = {
  summary: 'archiving and base backups under pgbench against the same load without',
  async run(say) {
    const program = pgbenchProgram()
    if (!program) throw new Error('pgbench is not here: install the package postgresql-15')
    await using bench = await benchHome()
    const folder = await bench.project('bench', 1)
    say('making the instance')
    await bench.howdah(['up', '--yes'], folder)
    const [instance] = JSON.parse(await bench.howdah(['ps', '--json'], folder))
    const { host, port } = instance.endpoint
    const url = `postgresql://app:bench@${host}:${port}/app`
    say('filling it')
    await fillWithPgbench(program, url, GIGABYTE_SCALE)
    await untilQuiet(bench.howdah)
    return [
      ...(await backupCost(
        program,
        url,
        () => bench.howdah(['backup', 'create', 'db0'], folder),
        () => checkpoint(bench.home),
        say,
      )),
      await archivingCost(program, bench, folder, instance, say),
    ]
  },
}

/** How long a base backup takes under a load that does not end before it: each load that is measured is as long. */
async function secondsUnderLoad(
  program: string,
  url: string,
  takeBackup: () => Promise<unknown>,
): Promise<number> {
  const done = new AbortController()
  const load = runPgbench(program, url, LONGEST_SECONDS, done.signal)
  const ended = load.then(
    () => undefined,
    (error: unknown) => {
      if (!done.signal.aborted) throw error
    },
  )
  const begin = performance.now()
  await Promise.race([takeBackup(), ended])
  const tookS = (performance.now() - begin) / 1000
  done.abort()
  await ended
  return Math.ceil(tookS)
}

/**
 * Time per transaction over the whole of a base backup, and with nothing but the checkpoint that each base begins with, beside the
 * same load without: after a checkpoint the first change of each page is logged whole, backup or not.
 */
async function backupCost(
  program: string,
  url: string,
  takeBackup: () => Promise<unknown>,
  runCheckpoint: () => Promise<unknown>,
  say: (line: string) => void,
): Promise<Figure[]> {
  say('how long a base backup takes under load')
  const seconds = await secondsUnderLoad(program, url, takeBackup)
  say(`${seconds} s: so long is each load`)
  const during: number[] = []
  const without: number[] = []
  const checkpointed: number[] = []
  for (let run = 0; run < RUNS; run++) {
    say(`base backup under load, run ${run + 1} of ${RUNS}`)
    without.push(1e6 / (await runPgbench(program, url, seconds)))
    const beside = runPgbench(program, url, seconds)
    await runCheckpoint()
    checkpointed.push(1e6 / (await beside))
    const load = runPgbench(program, url, seconds)
    const begin = performance.now()
    await takeBackup()
    const tookS = (performance.now() - begin) / 1000
    during.push(1e6 / (await load))
    const last = [without, checkpointed, during].map((times) => Math.round(times.at(-1) ?? NaN))
    say(`${last.join(', ')} µs/tx: plain, checkpoint, backup; it took ${tookS.toFixed(1)} s`)
  }
  return [
    figure('load-with-checkpoint', 'µs/tx', checkpointed, { baseline: without }),
    figure('load-with-backup', 'µs/tx', during, { baseline: without, goal: COST_GOAL }),
    figure('backup-beside-checkpoint', 'µs/tx', during, { baseline: checkpointed }),
  ]
}

/** As our superuser, over the only socket of the home. */
async function checkpoint(home: string): Promise<void> {
  const [socket = ''] = readdirSync(join(home, 'run', 'pg'))
  const client = new Client({
    host: join(home, 'run', 'pg', socket),
    user: 'howdah_admin',
    database: 'postgres',
  })
  await client.connect()
  await client.query('checkpoint')
  await client.end()
}

/** The instance's own data and settings under a bare server, with archiving as it is and without. */
async function archivingCost(
  program: string,
  bench: Awaited<ReturnType<typeof benchHome>>,
  folder: string,
  instance: { dataDirectory: string; engine: string; endpoint: { host: string; port: number } },
  say: (line: string) => void,
): Promise<Figure> {
  const engines = JSON.parse(await bench.howdah(['engine', 'ls', '--json'], folder)).installed
  const { binDirectory } = engines.find((e: { id: string }) => e.id === instance.engine)
  await bench.howdah(['stop', 'db0'], folder)
  const { host, port } = instance.endpoint
  const url = `postgresql://app:bench@${host}:${port}/app`
  const times: Record<'on' | 'off', number[]> = { on: [], off: [] }
  for (let run = 0; run < RUNS; run++) {
    for (const mode of ['off', 'on'] as const) {
      say(`archiving ${mode}, run ${run + 1} of ${RUNS}`)
      const account = serverAccount()
      const server = spawn(
        join(binDirectory, 'postgres'),
        [
          '-D',
          instance.dataDirectory,
          '-c',
          `archive_mode=${mode}`,
          '-h',
          host,
          '-p',
          String(port),
        ],
        { stdio: 'ignore', cwd: '/', ...(account ? { uid: account.uid, gid: account.gid } : {}) },
      )
      const ended = new Promise((resolve) => server.once('exit', resolve))
      await untilAnswers(url)
      times[mode].push(1e6 / (await runPgbench(program, url, LOAD_SECONDS)))
      server.kill('SIGINT')
      await ended
    }
  }
  return figure('load-with-archiving', 'µs/tx', times.on, { baseline: times.off })
}

async function untilAnswers(connectionString: string): Promise<void> {
  for (;;) {
    const client = new Client({ connectionString })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      // It starts: the next try tells.
    }
  }
}
