import type { Operation } from '../../../contract/operation.ts'
import { command } from '../../command.ts'
import type { Context, Daemon } from '../../context.ts'
import { follow } from '../../follow.ts'
import { chooseInstance } from '../../instances.ts'
import { operationTook } from '../../output/operation-line.ts'
import { lookForBackup } from '../../recovery/find-backup.ts'
import { lineageOfInstance } from '../../recovery/lineage-of-instance.ts'
import { whenFree } from '../../when-free.ts'

export const backupVerify = command({
  name: ['backup', 'verify'],
  summary: 'read backups and the WAL after them, and compare with what was written',
  description:
    'Reads every byte, which takes as long as the disk needs. That a restore works is proven by drills, which run by themselves: see `howdah drill ls`.',
  args: [
    {
      name: 'backup',
      kind: 'optional',
      summary: 'A backup’s id or name, or a service for all of its backups',
    },
  ],
  flags: {},
  examples: [
    'howdah backup verify',
    'howdah backup verify database',
    'howdah backup verify before-migration',
  ],
  scope: 'compose',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const started = await whenFree(ctx, daemon, () => begin(ctx, daemon, args.backup))
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { verified } = operation.output as { verified: string[] }
    const took = operationTook(operation, Date.now())
    ctx.terminal.print(`As they were written (${took}): ${verified.join(', ') || 'no backups yet'}`)
  },
})

async function begin(ctx: Context, daemon: Daemon, named: string | undefined): Promise<Operation> {
  const project = await ctx.projectName()
  const found = named === undefined ? undefined : await lookForBackup(daemon, project, named)
  if (found) {
    return daemon.api.verifyBackups({ lineage: found.lineage.id, backup: found.backup.id })
  }
  const { service } = await chooseInstance(ctx, daemon, named)
  const { id } = await lineageOfInstance(daemon, project, service)
  return daemon.api.verifyBackups({ lineage: id })
}
