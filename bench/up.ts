import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { serverAccount } from '../src/system/account.ts'
import { type Bench, figure } from './figure.ts'
import { benchHome } from './support/home.ts'

const RUNS = 10
/** The goal of issue 2. */
const GOAL = 1.25

/** From the command to the first answered query, with a warm engine and daemon, beside the raw programs. */
export const up: Bench = {
  summary:
    '`howdah up` to the first answered query, against initdb + pg_ctl start + createdb of the same engine',
  async run(say) {
    await using bench = await benchHome()
    const first = await bench.project('warm', 1)
    say('fetching the engine')
    await bench.howdah(['up', '--yes'], first)
    const [engine] = JSON.parse(await bench.howdah(['engine', 'ls', '--json'])).installed
    const ready: number[] = []
    const raw: number[] = []
    for (let run = 0; run < RUNS; run++) {
      say(`run ${run + 1} of ${RUNS}`)
      const folder = await bench.project(`p${run}`, 1)
      ready.push(
        await timed(async () => {
          const made = await bench.howdah(['up', '--yes', '--json'], folder)
          const [{ endpoint }] = JSON.parse(made).instances
          await firstAnswer(`postgresql://app:bench@${endpoint.host}:${endpoint.port}/app`)
        }),
      )
      raw.push(await timed(() => rawInstance(bench.root, engine.binDirectory)))
      await bench.howdah(['down', '--yes', '--no-snapshot'], folder)
    }
    return [figure('ready', 'ms', ready, { baseline: raw, goal: GOAL })]
  },
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

async function firstAnswer(connectionString: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  await client.query('select 1')
  await client.end()
}

/** What a person would type: initdb, pg_ctl start, and a database by one SQL statement, as createdb does. */
async function rawInstance(root: string, bin: string): Promise<void> {
  const account = serverAccount()
  const folder = mkdtempSync(join(root, 'raw-'))
  if (account) chownSync(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const as = {
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
    cwd: '/',
    stdio: 'ignore' as const,
  }
  const port = '5499'
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'app', '-E', 'UTF8', '-k'], as)
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -k ${folder}`
  execFileSync(
    join(bin, 'pg_ctl'),
    ['-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start'],
    as,
  )
  const server = new Client({
    host: folder,
    port: Number(port),
    user: 'app',
    database: 'postgres',
  })
  await server.connect()
  await server.query('create database app')
  await server.end()
  await firstAnswer(`postgresql://app@127.0.0.1:${port}/app`)
  execFileSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], as)
  rmSync(folder, { recursive: true })
}
