import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { chooseInstance } from '../../instances.ts'
import { bytes } from '../../output/bytes.ts'
import { operationTook } from '../../output/operation-line.ts'
import { sayBegun } from '../../recovery/say-begun.ts'
import { whenFree } from '../../when-free.ts'

export const backupCreate = command({
  name: ['backup', 'create'],
  summary: 'take a base backup of an instance now',
  description:
    'Backups are taken by themselves, once a day if compose does not say otherwise, and any moment between them can be restored. One more makes restores of the moments after it quicker; one with a name is kept until it is removed. A stopped instance is copied as it lies.',
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    name: { type: 'string', value: 'NAME', summary: 'Keep it under this name until it is removed' },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: ['howdah backup create', 'howdah backup create database --name before-migration'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const { project, service } = await chooseInstance(ctx, daemon, args.service)
    const { name } = flags
    const asked = { project, service, ...(name ? { name } : {}) }
    const started = await whenFree(ctx, daemon, () => daemon.api.createBackup(asked))
    if (flags.detach) {
      sayBegun(ctx, started)
      return
    }
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { lineage, id } = operation.output as { lineage: string; id: string }
    const backup = await daemon.api.getBackup({ lineage, backup: id })
    const took = operationTook(operation, Date.now())
    const kept = backup.name === undefined ? '' : `, kept as ${backup.name}`
    ctx.terminal.print(
      `Backup ${id} of ${project}/${service}: ${bytes(backup.sizeBytes)} in ${took}${kept}`,
    )
    ctx.terminal.note(
      `Restore it with: howdah restore ${service} --to ${backup.name ?? id} --as NEW`,
    )
  },
})
