import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { bytes } from '../../output/bytes.ts'
import { ago } from '../../output/duration.ts'
import { askToType } from '../../prompt.ts'
import { AppError } from '../../../errors/app-error.ts'

export const snapshotRm = command({
  name: ['snapshot', 'rm'],
  summary: 'delete a snapshot for good',
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah snapshot ls` lists' }],
  flags: { yes: { type: 'boolean', short: 'y', summary: 'Do not ask' } },
  examples: ['howdah snapshot rm before-migration', 'howdah snapshot rm before-migration --yes'],
  scope: 'none',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const snapshots = await daemon.api.listSnapshots({})
    const snapshot = snapshots.find(({ name }) => name === args.name)
    if (!snapshot) throw new AppError('SNAPSHOT_NOT_FOUND', `there is no snapshot ${args.name}`)
    if (!flags.yes) {
      const { project, service, version, sizeBytes, createdAt } = snapshot
      ctx.terminal.note(
        `This deletes ${snapshot.name}: ${project}/${service}, Postgres ${version}, ` +
          `${bytes(sizeBytes)}, taken ${ago(createdAt, Date.now())}.`,
      )
      const message = 'Type the snapshot’s name to delete it for good:'
      await askToType(ctx, { message, flag: '--yes', word: snapshot.name })
    }
    const operation = await follow(
      ctx,
      daemon,
      await daemon.api.removeSnapshot({ name: snapshot.name }),
    )
    if (ctx.json) ctx.terminal.json(operation)
    else ctx.terminal.print(`Deleted ${snapshot.name}`)
  },
})
