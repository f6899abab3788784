import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { bytes } from '../../output/bytes.ts'
import { chooseInstance } from '../../instances.ts'
import { newSnapshots } from '../../new-snapshots.ts'

export const snapshotCreate = command({
  name: ['snapshot', 'create'],
  summary: 'take a snapshot of a running instance',
  description:
    'A physical copy, started once on a copy of itself before it counts. Clients are not disturbed.',
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: { name: { type: 'string', value: 'NAME', summary: 'Its name (one with the time in it)' } },
  examples: ['howdah snapshot create', 'howdah snapshot create database --name before-migration'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const { project, service } = await chooseInstance(ctx, daemon, args.service)
    const name = flags.name
    const started = await daemon.api.createSnapshot({ project, service, ...(name ? { name } : {}) })
    const operation = await follow(ctx, daemon, started)
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    for (const made of await newSnapshots(daemon, project, operation)) {
      ctx.terminal.print(`Snapshot ${made.name} (${bytes(made.sizeBytes)})`)
      ctx.terminal.note(`Restore it with: howdah snapshot restore ${made.name} --as SERVICE`)
    }
  },
})
