import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { canBindLoopback } from '../../../src/system/ports.ts'
import { type Lab, openLab } from '../lab-home.ts'
import { withoutEtcd } from './etcd-cluster.ts'

/** A machine of a test that is to become a host: an address of this machine, a home and a daemon of its own. */
export interface NewHost extends Lab {
  readonly name: string
  readonly address: string
}

/** What a host needs: where it lacks, `host init` would install it on the machine of whoever runs the tests. */
const PROGRAMS = ['patroni', 'haproxy', 'pgbouncer', 'pgbackrest']
const FOLDERS = ['/usr/bin', '/usr/sbin']

/** Why no machine here can become a host by the commands; undefined when it can. */
export function withoutNewHosts(): string | undefined {
  if (withoutEtcd) return withoutEtcd
  if (process.geteuid?.() !== 0) return 'only root makes a machine a host'
  const missing = PROGRAMS.filter(
    (name) => !FOLDERS.some((folder) => existsSync(`${folder}/${name}`)),
  )
  return missing.length > 0 ? `there is no ${missing.join(', ')} on this machine` : undefined
}

/** As many machines by themselves, h1 and on, with running daemons. Undefined where there is but one loopback address. */
export async function openNewHosts(count: number) {
  const net = `127.${randomInt(2, 250)}.${randomInt(1, 250)}`
  if (!(await canBindLoopback(`${net}.1`))) throw new Error('there is but one loopback address')
  // The ports are the same on every address, but for the one that etcd has on the machine alone.
  const firstPort = randomInt(2000, 2900) * 10
  const hosts: NewHost[] = []
  const before = process.env['HOWDAH_CLUSTER_PORTS']
  for (let n = 1; n <= count; n++) {
    process.env['HOWDAH_CLUSTER_PORTS'] = String(firstPort + n * 10)
    hosts.push(Object.assign(await openLab(), { name: `h${n}`, address: `${net}.${n}` }))
  }
  if (before === undefined) delete process.env['HOWDAH_CLUSTER_PORTS']
  else process.env['HOWDAH_CLUSTER_PORTS'] = before
  for (const host of hosts) await host.startDaemon()
  return {
    hosts,
    async [Symbol.asyncDispose]() {
      for (const host of hosts.toReversed()) await host[Symbol.asyncDispose]()
    },
  }
}
