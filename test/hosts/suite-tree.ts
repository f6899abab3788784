import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import type { Suite } from './lab-file.ts'
import { Refusal } from './refusal.ts'
import { listProcesses } from '../../src/system/process-table.ts'

/** What a bare Debian server has that `minbase` lacks, and the library of `lab skew`. */
const packages = [
  'ca-certificates',
  'iproute2',
  'iputils-ping',
  'less',
  'libfaketime',
  'nftables',
  'procps',
]

/** HOWDAH_LAB_CACHE, else a folder of this machine's cache: root file systems are large and the same for every lab. */
export const cacheFolder = (): string => process.env['HOWDAH_LAB_CACHE'] || '/var/cache/howdah-lab'

/**
 * The folder that lies read-only beneath the root of each host. A Debian release is fetched by mmdebstrap once and then
 * kept; `remake` fetches it anew, which running labs do not survive.
 */
export async function suiteTree(suite: Suite, { remake = false } = {}): Promise<string> {
  if (suite === 'host') return '/'
  const cache = cacheFolder()
  mkdirSync(cache, { recursive: true })
  const tree = join(cache, suite)
  if (remake) rmSync(tree, { recursive: true, force: true })
  if (existsSync(tree)) return tree
  removeAbandoned(cache)
  const part = join(cache, `${suite}.part-${process.pid}`)
  const mirror = process.env['HOWDAH_LAB_MIRROR']
  const include = `--include=${packages.join(',')}`
  const make = ['mmdebstrap', '--mode=root', '--variant=minbase', include, suite, part]
  try {
    // It dies with us and takes its mounts along, which are in a namespace of its own.
    const own = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
    const from = mirror ? [mirror] : []
    await run('setpriv', '--pdeathsig', 'KILL', '--', ...own, ...make, ...from).catch((error) => {
      throw new Refusal(`no ${suite} could be fetched:\n${faultsIn(error)}`, { cause: error })
    })
    // Another program may have made it meanwhile.
    if (!existsSync(tree)) renameSync(part, tree)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
  return tree
}

/** What apt and mmdebstrap call an error, out of all that they say. */
function faultsIn(error: unknown): string {
  const said = (error as { stderr?: string }).stderr ?? ''
  const faults = said.split('\n').filter((line) => line.startsWith('E:'))
  return faults.length > 0 ? faults.join('\n') : String(error)
}

/** What a killed program left half-made. */
function removeAbandoned(cache: string): void {
  const alive = new Set(listProcesses().map(({ pid }) => pid))
  for (const name of readdirSync(cache)) {
    const [, pid] = /\.part-(\d+)$/.exec(name) ?? []
    if (pid && !alive.has(Number(pid))) {
      rmSync(join(cache, name), { recursive: true, force: true })
    }
  }
}
