import { AppError } from '../../errors/app-error.ts'
import { showSwapped, swapWords } from '../branch/show-swapped.ts'
import { command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { follow } from '../follow.ts'
import { whenFree } from '../when-free.ts'

export const swap = command({
  name: ['swap'],
  summary: 'let another instance’s data take an instance’s place, and keep what was there',
  description:
    'SERVICE keeps its name, address, password, size and settings, and gets the data of OTHER: a state that a restore in place or a promotion has kept, a branch, a restored instance. If the server does not start on it, all is put back as it was.',
  args: [
    { name: 'service', kind: 'required', summary: 'Whose place it is' },
    { name: 'other', kind: 'required', summary: 'Whose data it gets; that name is free then' },
  ],
  flags: {
    keepAs: {
      type: 'string',
      value: 'NAME',
      summary: 'What the present data is kept as (SERVICE-before-DATE-TIME)',
    },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
  },
  examples: [
    'howdah swap database database-before-20261120-150312',
    'howdah swap database rescued --keep-as broken --yes',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const { service, other } = args
    if (service === other) throw new AppError('USAGE', `“${service}” has its own data already`)
    await daemon.api.getInstance({ project, service })
    await daemon.api.getInstance({ project, service: other })
    if (!flags.yes) {
      ctx.terminal.note(swapWords(service, other))
      await confirm(ctx, `Give ${service} the data of ${other}?`)
    }
    const { keepAs } = flags
    const asked = { project, service, other, ...(keepAs === undefined ? {} : { keepAs }) }
    const started = await whenFree(ctx, daemon, () => daemon.api.swapInstances(asked))
    await showSwapped(ctx, other, await follow(ctx, daemon, started))
  },
})
