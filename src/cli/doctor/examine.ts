import { AppError } from '../../errors/app-error.ts'
import type { Context } from '../context.ts'
import { authority } from './authority.ts'
import { clock } from './clock.ts'
import { daemon } from './daemon.ts'
import { engines } from './engines.ts'
import { type Check, type Examined, type Finding, messageOf } from './finding.ts'
import { home } from './home.ts'
import { hostPrograms } from './host-programs.ts'
import { instances } from './instances.ts'
import { programs } from './programs.ts'
import { secrets } from './secrets.ts'
import { state } from './state.ts'

const checks: readonly Check[] = [
  home,
  daemon,
  state,
  secrets,
  authority,
  clock,
  engines,
  instances,
  programs,
  hostPrograms,
]

/** Runs every check, the daemon up or down; a check that breaks is itself a finding. */
export async function examine(ctx: Context): Promise<Finding[]> {
  const examined: Examined = { home: ctx.home, env: ctx.env, ...(await askDaemon(ctx)) }
  const found = await Promise.all(checks.map((check) => safely(check, examined)))
  return found.flat()
}

/** The daemon, never started for this: what keeps it down is what we look for. */
async function askDaemon(ctx: Context): Promise<Pick<Examined, 'daemon' | 'daemonError'>> {
  const client = await ctx.daemon({ start: false })
  try {
    const status = await client.api.getDaemon({})
    return { daemon: { client, status }, daemonError: undefined }
  } catch (cause) {
    const error = AppError.from(cause)
    const down = error.code === 'DAEMON_UNREACHABLE'
    return { daemon: undefined, daemonError: down ? undefined : error }
  }
}

async function safely(check: Check, examined: Examined): Promise<Finding[]> {
  try {
    return await check(examined)
  } catch (error) {
    const message = `the check broke: ${messageOf(error)}`
    return [{ name: check.name, status: 'fail', message, whatNow: AppError.from(error).hint }]
  }
}
