import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../command.ts'
import { cacheFolder } from '../suite-tree.ts'

/** The Debian releases that the stock cluster is tried on, and the major of Postgres that each has. */
export const stockMajors = { trixie: 17, bookworm: 15 } as const
export type StockSuite = keyof typeof stockMajors

/** What a bare lab host has (suite-tree.ts), and what an expert installs for a cluster. */
const packages = (suite: StockSuite): string =>
  [
    'ca-certificates,iproute2,iputils-ping,less,libfaketime,nftables,procps',
    `postgresql-${stockMajors[suite]},patroni,python3-etcd,python3-psycopg2`,
    'etcd-server,etcd-client,pgbouncer,haproxy',
  ].join(',')

/** postgresql-common would make and start a cluster of its own. */
const NO_CLUSTER =
  'mkdir -p "$1/etc/postgresql-common/createcluster.d" && ' +
  'echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.d/none.conf"'

/** Found out once: whoever opens a stock cluster points the labs to it. */
const cache = join(cacheFolder(), 'stock')

/**
 * A cache folder for labs (HOWDAH_LAB_CACHE) whose tree of this release has the packages of a stock cluster, fetched once. It
 * is a part of the labs' own cache and as large as a tree.
 */
export async function stockCache(suite: StockSuite): Promise<string> {
  const tree = join(cache, suite)
  if (existsSync(tree)) return cache
  mkdirSync(cache, { recursive: true })
  const part = `${tree}.part-${process.pid}`
  const mirror = process.env['HOWDAH_LAB_MIRROR']
  const make = ['--mode=root', '--variant=minbase', `--essential-hook=${NO_CLUSTER}`]
  const what = [`--include=${packages(suite)}`, suite, part, ...(mirror ? [mirror] : [])]
  try {
    // It dies with us and takes its mounts along, which are in a namespace of its own.
    const own = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    await run('setpriv', '--pdeathsig', 'KILL', '--', ...own, 'mmdebstrap', ...make, ...what)
    // Another program may have made it meanwhile.
    if (!existsSync(tree)) renameSync(part, tree)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
  return cache
}
