import { command } from '../command.ts'
import { upFlags } from '../up/flags.ts'
import { runUp } from '../up/run-up.ts'

export const plan = command({
  name: ['plan'],
  summary: 'show what up would do',
  description: 'Changes nothing.',
  args: [],
  flags: upFlags,
  examples: ['howdah plan', 'howdah plan --json', 'howdah plan --mode balanced'],
  scope: 'compose',
  run: (ctx, { flags }) =>
    runUp(ctx, { ...flags, plan: true, yes: false, wait: false, detach: false }),
})
