import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Client } from 'pg'
import { serverAccount } from '../src/system/account.ts'
import { type Bench, figure } from './figure.ts'
import { benchHome } from './support/home.ts'

const RUNS = 15
/** What a person who opens a page hardly notices. */
const GOAL_MS = 300

interface Place {
  readonly host: string
  readonly port: number
}

/** How long the first client of a sleeping instance waits, beside what a person would type to start the same server. */
export const wake: Bench = {
  summary:
    'from the connection of a client to the first row of a suspended instance, against pg_ctl start and the same query',
  async run(say) {
    await using bench = await benchHome()
    const folder = await bench.project('one', 1)
    say('making one instance')
    const made = await bench.howdah(['up', '--yes', '--json'], folder)
    const [{ endpoint, dataDirectory, engine: id }] = JSON.parse(made).instances
    const { installed } = JSON.parse(await bench.howdah(['engine', 'ls', '--json']))
    const { binDirectory } = installed.find((e: { id: string }) => e.id === id)
    const woken: number[] = []
    const started: number[] = []
    const awake: number[] = []
    for (let run = 0; run < RUNS; run++) {
      await bench.howdah(['suspend'], folder)
      woken.push(await timed(() => firstRow(endpoint)))
      awake.push(await timed(() => firstRow(endpoint)))
    }
    await bench.howdah(['suspend'], folder)
    // Nobody else may mind the server while it is started by hand.
    await bench.howdah(['daemon', 'stop'], folder)
    const ctl = pgCtl(binDirectory, dataDirectory)
    for (let run = 0; run < RUNS; run++) {
      started.push(
        await timed(async () => {
          ctl('start', '--log', join(dataDirectory, 'bench.log'))
          await firstRow(endpoint)
        }),
      )
      ctl('stop', '--mode', 'fast')
    }
    await bench.howdah(['daemon', 'start'], folder)
    return [
      figure('first-row', 'ms', woken, { goal: GOAL_MS }),
      figure('first-row-beside-pg_ctl', 'ms', woken, { baseline: started }),
      figure('first-row-awake', 'ms', awake),
    ]
  },
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

/** Over TCP with TLS and a password, as an application does it. */
async function firstRow(place: Place): Promise<void> {
  const login = { user: 'app', password: 'bench', database: 'app' }
  const client = new Client({ ...place, ...login, ssl: { rejectUnauthorized: false } })
  await client.connect()
  await client.query('select 1')
  await client.end()
}

function pgCtl(binDirectory: string, dataDirectory: string) {
  const account = serverAccount()
  return (...args: string[]): void => {
    execFileSync(join(binDirectory, 'pg_ctl'), [...args, '--wait', '--pgdata', dataDirectory], {
      cwd: '/',
      stdio: 'ignore',
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    })
  }
}
