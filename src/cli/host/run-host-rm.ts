import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { follow } from '../follow.ts'
import { askToType } from '../prompt.ts'
import { whenFree } from '../when-free.ts'

/** `host rm`: says what would go, asks, removes it. */
export async function runHostRm(
  ctx: Context,
  name: string,
  { lost: isLost, yes }: { readonly lost: boolean; readonly yes: boolean },
): Promise<void> {
  const daemon = await ctx.daemon()
  const host = await daemon.api.getHost({ name })
  const isLast = (await daemon.api.listHosts({})).length === 1
  const { note, noteColour } = ctx.terminal
  if (isLost) {
    const has = [
      ...(host.servers.length > 0 ? [`servers of ${host.servers.join(', ')}`] : []),
      ...(host.lineages.length > 0 ? [`the backup histories ${host.lineages.join(', ')}`] : []),
    ]
    const gone = has.length > 0 ? has.join(' and ') : 'no server and no backups'
    note(
      `${noteColour.bad('This gives up')} the host ${name} (${host.address}), which has ${gone}.`,
    )
    if (!yes) {
      const message = `Type the host’s name (${name}) to go on:`
      await askToType(ctx, { message, flag: '--yes', word: name })
    }
  } else if (!yes) {
    note(
      isLast
        ? `${name} is the last host: it becomes one machine by itself again, with all that it has.`
        : `${name} (${host.address}) leaves the cluster and begins with nothing.`,
    )
    await confirm(ctx, 'Do this?')
  }
  const started = await whenFree(ctx, daemon, () => daemon.api.removeHost({ name, isLost }))
  const ended = await follow(ctx, daemon, started)
  if (ctx.json) ctx.terminal.json(ended)
  else
    ctx.terminal.print(`${name} is ${isLast ? 'one machine by itself again' : 'no host any more'}`)
}
