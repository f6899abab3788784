import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { serverAccount } from '../src/system/account.ts'
import { type Bench, type Figure, figure } from './figure.ts'
import { benchHome, untilQuiet } from './support/home.ts'
import { fillWithPgbench, GIGABYTE_SCALE, pgbenchProgram } from './support/pgbench.ts'

const execute = promisify(execFile)
const SIZES = [
  { name: '1gb', scale: GIGABYTE_SCALE, runs: 3 },
  { name: '8gb', scale: 8 * GIGABYTE_SCALE, runs: 3 },
] as const
/** The goal of issue 3: a restore has 0.8 of cp's speed. */
const GOAL = 1.25
/** One whose engine comes from npm is backed up by copies; the other by pgBackRest, of which Debian's 2.45 knows nothing newer. */
const MAJOR = { copied: 16, inRepository: 15 }
const PGBACKREST = '/usr/bin/pgbackrest'

/** How soon a restored instance answers, beside what only brings the files back. */
export const restore: Bench = {
  summary:
    '`howdah restore --as`, from the command to the first answer, with the sums of the base compared: against `cp -a` and `sync` of the same base, and against plain `pgbackrest restore` of the same data; then from a repository of pgBackRest',
  async run(say) {
    const program = pgbenchProgram()
    if (!program) throw new Error('pgbench is not here: install the package postgresql-15')
    // For a look at one size: HOWDAH_BENCH_SIZE=1gb
    const asked = process.env['HOWDAH_BENCH_SIZE']
    const figures: Figure[] = []
    for (const size of SIZES.filter((s) => asked === undefined || s.name === asked)) {
      figures.push(...(await measure(size, program, say)))
    }
    return figures
  },
}

type Size = (typeof SIZES)[number]
type Say = (line: string) => void

async function measure(size: Size, program: string, say: Say): Promise<Figure[]> {
  const { name } = size
  const { ours, copied } = await fromCopies(size, program, say)
  const figures = [figure(`restore-${name}`, 's', ours, { baseline: copied, goal: GOAL })]
  if (!existsSync(PGBACKREST)) {
    say(`${name}: without pgBackRest, nothing is compared with it`)
    return figures
  }
  const { repository, plain } = await fromRepositories(size, program, say)
  return [
    ...figures,
    figure(`restore-${name}-pgbackrest`, 's', ours, { baseline: plain }),
    figure(`restore-${name}-repository`, 's', repository, { baseline: plain }),
  ]
}

/** Restores from the copy engine, beside plain copies of the base. */
async function fromCopies({ name, scale, runs }: Size, program: string, say: Say) {
  await using bench = await benchHome()
  const folder = await filledProject(bench, MAJOR.copied, program, scale)
  const base = await newestBase(bench.home)
  const ours: number[] = []
  const copied: number[] = []
  for (let run = 0; run < runs; run++) {
    say(`${name}: run ${run + 1} of ${runs}`)
    copied.push(await timedCopy(base, join(bench.root, 'copied')))
    ours.push(await timedRestore(bench, folder))
  }
  return { ours, copied }
}

/** Restores from the pgBackRest engine, beside those of the program alone. */
async function fromRepositories({ name, scale, runs }: Size, program: string, say: Say) {
  await using bench = await benchHome()
  const folder = await filledProject(bench, MAJOR.inRepository, program, scale)
  const repository: number[] = []
  for (let run = 0; run < runs; run++) {
    say(`${name}: from a repository, run ${run + 1} of ${runs}`)
    repository.push(await timedRestore(bench, folder))
  }
  const [{ dataDirectory }] = JSON.parse(await bench.howdah(['ps', '--json'], folder))
  await bench.howdah(['stop', 'db0'], folder)
  const restorePlainly = await plainRepository(join(bench.root, 'plain'), dataDirectory)
  const plain: number[] = []
  for (let run = 0; run < runs; run++) {
    say(`${name}: by pgBackRest alone, run ${run + 1} of ${runs}`)
    plain.push(await restorePlainly())
  }
  return { repository, plain }
}

/** An instance with the data of pgbench and a base backup of them. */
async function filledProject(
  bench: BenchHome,
  major: number,
  program: string,
  scale: number,
): Promise<string> {
  const folder = await bench.project('bench', 1, major)
  await bench.howdah(['up', '--yes'], folder)
  const url = (await bench.howdah(['url', '--reveal'], folder)).trim()
  await fillWithPgbench(program, url.split('?')[0] ?? url, scale)
  await bench.howdah(['backup', 'create', 'db0'], folder)
  await untilQuiet(bench.howdah)
  return folder
}

type BenchHome = Awaited<ReturnType<typeof benchHome>>

/** The data folder of the newest base in the home. */
async function newestBase(home: string): Promise<string> {
  const bases: string[] = []
  for (const lineage of await readdir(join(home, 'lineages'))) {
    const folder = join(home, 'lineages', lineage, 'bases')
    for (const id of await readdir(folder)) bases.push(join(folder, id, 'data'))
  }
  const newest = bases.toSorted().at(-1)
  if (newest === undefined) throw new Error('no base backup was made')
  return newest
}

/** From the command to the first answer of the restored server. */
async function timedRestore(bench: BenchHome, folder: string): Promise<number> {
  await execute('sync')
  const begin = performance.now()
  const args = ['restore', 'db0', '--to', 'latest', '--as', 'restored', '--yes']
  const [url] = /postgresql:\S+/.exec(await bench.howdah(args, folder)) ?? []
  const connectionString = new URL(url ?? '')
  // The names in our certificate are tested elsewhere.
  connectionString.search = ''
  connectionString.password = 'bench'
  const client = new Client({ connectionString: connectionString.href })
  await client.connect()
  await client.query('select 1')
  const took = seconds(begin)
  await client.end()
  await bench.howdah(['down', 'restored', '--yes', '--no-snapshot'], folder)
  return took
}

/** Seconds until every byte is copied and on the disk. */
async function timedCopy(from: string, to: string): Promise<number> {
  await execute('sync')
  const begin = performance.now()
  await execute('cp', ['-a', from, to])
  await execute('sync', ['-f', to])
  const took = seconds(begin)
  await rm(to, { recursive: true })
  return took
}

/** Makes a repository of a stopped server's data in `root`; gives what restores it there, which starts no server. */
async function plainRepository(root: string, stopped: string): Promise<() => Promise<number>> {
  const account = serverAccount()
  const own = account ? { uid: account.uid, gid: account.gid } : {}
  const data = join(root, 'data')
  await mkdir(root)
  await execute('cp', ['-a', stopped, data])
  const config = join(root, 'pgbackrest.conf')
  const lines = [
    '[global]',
    `repo1-path=${root}/repository`,
    `lock-path=${root}/lock`,
    `spool-path=${root}/spool`,
    'log-level-file=off',
    'log-level-console=error',
    // As ours: both processors of a small machine.
    'process-max=2',
    '[bench]',
    `pg1-path=${data}`,
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  if (account) await chown(root, account.uid, account.gid)
  const call = (...args: string[]) =>
    execute(PGBACKREST, [`--config=${config}`, '--stanza=bench', ...args], { ...own, cwd: '/' })
  await call('--no-online', 'stanza-create')
  await call('--no-online', '--type=full', 'backup')
  return async () => {
    await rm(data, { recursive: true })
    await mkdir(data, { mode: 0o700 })
    if (account) await chown(data, account.uid, account.gid)
    await execute('sync')
    const begin = performance.now()
    await call('--type=none', 'restore')
    await execute('sync', ['-f', data])
    return seconds(begin)
  }
}

const seconds = (begin: number): number => (performance.now() - begin) / 1000
