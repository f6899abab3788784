import { diffText } from '../../branch/diff-text.ts'
import { command } from '../../command.ts'

export const branchDiff = command({
  name: ['branch', 'diff'],
  summary: 'show how a branch’s schema differs from its parent’s',
  description:
    'Tables, columns, indexes, constraints, views, functions, types, sequences, policies, triggers, grants and what else a schema has, as both are now. Owners and rights count; rows do not. A sleeping server is woken for it.',
  args: [{ name: 'name', kind: 'required', summary: 'A branch of the project' }],
  flags: {
    exitCode: { type: 'boolean', summary: 'End with status 1 when there is a difference' },
  },
  examples: ['howdah branch diff try', 'howdah branch diff pr-42 --json --exit-code'],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const service = args.name
    const { parent, changes } = await daemon.api.diffBranch({ project, service })
    if (ctx.json) ctx.terminal.json(changes)
    else if (changes.length === 0) {
      ctx.terminal.note(`The schema of ${service} is that of ${parent}.`)
    } else ctx.terminal.print(diffText(changes, ctx.terminal.colour))
    return flags.exitCode && changes.length > 0 ? 1 : 0
  },
})
