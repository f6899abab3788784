import { command } from '../../command.ts'
import { bytes } from '../../output/bytes.ts'
import { ago } from '../../output/duration.ts'

export const snapshotLs = command({
  name: ['snapshot', 'ls'],
  summary: 'list snapshots',
  args: [],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah snapshot ls', 'howdah snapshot ls --all --json'],
  scope: 'compose',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const project = flags.all ? undefined : await ctx.projectName()
    const snapshots = await daemon.api.listSnapshots(project === undefined ? {} : { project })
    if (ctx.json) ctx.terminal.json(snapshots)
    else if (snapshots.length === 0) {
      ctx.terminal.note(project ? `No snapshots of ${project}` : 'No snapshots')
    } else {
      ctx.terminal.table(
        [
          { title: 'NAME', value: (snapshot) => snapshot.name },
          { title: 'OF', value: (snapshot) => `${snapshot.project}/${snapshot.service}` },
          { title: 'KIND', value: (snapshot) => snapshot.kind },
          { title: 'VERSION', value: (snapshot) => snapshot.version },
          { title: 'SIZE', value: (snapshot) => bytes(snapshot.sizeBytes), align: 'right' },
          { title: 'TAKEN', value: (snapshot) => ago(snapshot.createdAt, Date.now()) },
        ],
        snapshots,
      )
    }
  },
})
