import type { Destruction, FinalSnapshot } from '../../contract/api/projects.ts'
import type { Context, Daemon } from '../context.ts'
import { follow } from '../follow.ts'
import { bytes } from '../output/bytes.ts'
import { age, duration } from '../output/duration.ts'
import { askToType, askYesNo } from '../prompt.ts'
import { whenFree } from '../when-free.ts'
import { showDown } from './show-down.ts'

interface Flags {
  readonly yes: boolean
  readonly snapshot: boolean | undefined
  readonly acceptLoss: boolean
}

/** `down`: lists what would go, asks, removes it, says what was kept and how to get it back. */
export async function runDown(
  ctx: Context,
  services: readonly string[],
  flags: Flags,
): Promise<void> {
  const project = await ctx.projectName()
  const daemon = await ctx.daemon()
  const finalSnapshot = await chooseFinalSnapshot(ctx, daemon, project, flags)
  const input = { project, services: [...services], finalSnapshot }
  const doomed = await daemon.api.previewDown(input)
  if (doomed.length === 0) {
    if (ctx.json) ctx.terminal.json({ operation: null, snapshots: [] })
    else ctx.terminal.print(`${project} has no instance to remove`)
    return
  }
  if (!ctx.json || !flags.yes) showDoomed(ctx, project, doomed)
  if (!flags.yes) {
    const message = `Type the project’s name (${project}) to go on:`
    await askToType(ctx, { message, flag: '--yes', word: project })
  }
  const asked = { ...input, ...(flags.acceptLoss ? { acceptLoss: true } : {}) }
  const started = await whenFree(ctx, daemon, () => daemon.api.downProject(asked))
  const operation = await follow(ctx, daemon, started)
  await showDown(ctx, daemon, { project, operation, doomed, whole: services.length === 0 })
}

/** The flag decides, else the mode; in affordable mode a person is asked, with keeping as the answer that Enter gives. */
async function chooseFinalSnapshot(
  ctx: Context,
  daemon: Daemon,
  project: string,
  { snapshot, yes }: Flags,
): Promise<FinalSnapshot> {
  if (snapshot !== undefined) return snapshot ? 'keep' : 'none'
  if (yes || !ctx.interactive) return 'auto'
  const projects = await daemon.api.listProjects({})
  const known = projects.find(({ name }) => name === project)
  if (known?.mode !== 'affordable' || known.instances === 0) return 'auto'
  const keep = await askYesNo(ctx, {
    message: 'Keep a final snapshot, from which the data can be restored?',
    flag: '--snapshot or --no-snapshot',
    initial: true,
  })
  return keep ? 'keep' : 'none'
}

function showDoomed(ctx: Context, project: string, doomed: readonly Destruction[]): void {
  const { note, noteColour } = ctx.terminal
  note(`${noteColour.bad('This removes')} from ${project}, with all data:`)
  for (const one of doomed) {
    const old = age(one.createdAt, Date.now())
    const left = leftOf(one) ?? noteColour.bad('no final snapshot: its data is gone for good')
    note(`  ${one.service}  Postgres ${one.version}, ${bytes(one.dataBytes)}, ${old} old; ${left}`)
  }
}

/** What a removal leaves, from which the data can come back; undefined for nothing. */
function leftOf({ finalSnapshot, historyKeptMs }: Destruction): string | undefined {
  const left = [
    ...(finalSnapshot ? [`final snapshot ${finalSnapshot}`] : []),
    ...(historyKeptMs ? [`backups stay for ${duration(historyKeptMs)}`] : []),
  ]
  return left.length > 0 ? left.join(', ') : undefined
}
