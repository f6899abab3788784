import type { HostWanted } from '../../contract/host.ts'
import type { Operation } from '../../contract/operation.ts'
import { AppError } from '../../errors/app-error.ts'
import { confirm } from '../confirm.ts'
import type { Context, Daemon } from '../context.ts'
import { follow } from '../follow.ts'
import { demandLocal } from '../remote/demand-local.ts'
import { sayBegun } from '../recovery/say-begun.ts'
import { findingsText } from './findings-text.ts'
import { wayInText } from './way-in-text.ts'
import { whenFree } from '../when-free.ts'

export interface WayIn {
  readonly host: HostWanted
  /** Of the cluster to join; undefined for a new one. */
  readonly token: string | undefined
  readonly dryRun: boolean
  readonly yes: boolean
  readonly detach: boolean
}

/** `host init` and `host join`: looks at this machine, says what will be done, asks, does it. True when it is a host now. */
export async function becomeHost(ctx: Context, way: WayIn): Promise<boolean> {
  await demandLocal(ctx)
  const daemon = await ctx.daemon()
  const { host, token, dryRun, yes, detach } = way
  const check = await daemon.api.checkHost({ ...host, ...(token === undefined ? {} : { token }) })
  const { note, noteColour, json } = ctx.terminal
  const refused = check.findings.filter(({ verdict }) => verdict === 'refused')
  if (!ctx.json) note(findingsText(check.findings, noteColour, ctx.terminal.stderr.columns))
  if (refused.length > 0) {
    const message = `this machine cannot be a host: ${refused.map(({ sentence }) => sentence).join('; ')}`
    throw new AppError('HOST_REFUSED', message, { details: { findings: check.findings } })
  }
  if (dryRun) {
    if (ctx.json) json({ host, ...check })
    else ctx.terminal.print(wayInText(host, check))
    return false
  }
  if (!yes) {
    note(wayInText(host, check))
    await confirm(ctx, 'Do this?')
  }
  const operation = await whenFree(ctx, daemon, () => begin(daemon, way))
  if (detach) {
    sayBegun(ctx, operation)
    return false
  }
  const ended = await follow(ctx, daemon, operation)
  if (ctx.json) json(ended)
  return true
}

const begin = (daemon: Daemon, { host, token }: WayIn): Promise<Operation> =>
  token === undefined ? daemon.api.initHosts(host) : daemon.api.joinHosts({ ...host, token })
