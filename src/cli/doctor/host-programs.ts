import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type HostProgram, knownBugsOf } from '../../core/host/known-bugs.ts'
import { versionText, versionWithin } from '../../core/host/version.ts'
import type { Check, Examined, Finding } from './finding.ts'
import { printedBy } from './printed-by.ts'

/** How each is asked for its version. */
const ASKED: Readonly<Record<HostProgram, readonly string[]>> = {
  etcd: ['--version'],
  patroni: ['--version'],
  pgbouncer: ['--version'],
  pgbackrest: ['version'],
}

/** On a host of a cluster: the programs that it runs are there, and are of no release with a fault that matters here. */
export const hostPrograms: Check = async ({ home, env }) => {
  if (!existsSync(join(home, 'host.json'))) return []
  const programs = Object.keys(ASKED) as HostProgram[]
  return (await Promise.all(programs.map((program) => look(program, env)))).flat()
}

async function look(program: HostProgram, env: Examined['env']): Promise<Finding[]> {
  // An administrator's PATH may lack where Debian puts servers.
  const path = `${env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/usr/bin`
  const said = await printedBy({ ...env, PATH: path }, program, ASKED[program])
  const version = versionWithin(said ?? '')
  if (!version) {
    const whatNow = `\`apt-get install ${program === 'etcd' ? 'etcd-server' : program}\``
    return [{ name: program, status: 'warn', message: 'does not say its version here', whatNow }]
  }
  const bugs = knownBugsOf(program, version)
  if (bugs.length === 0) return [{ name: program, status: 'ok', message: versionText(version) }]
  return bugs.map(({ severity, effect, source, fixedIn }) => ({
    name: program,
    status: severity,
    message: `${versionText(version)} ${effect} (${source})`,
    whatNow: `Take ${versionText(fixedIn)} or later where your packages have it.`,
  }))
}
