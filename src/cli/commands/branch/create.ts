import { AppError } from '../../../errors/app-error.ts'
import { readSize, readSpanMs, readSpanOrNeverMs } from '../../branch/amounts.ts'
import { readBranchWords } from '../../branch/origin.ts'
import { branchPlanText } from '../../branch/plan-text.ts'
import { readScript } from '../../branch/read-script.ts'
import { showBranch } from '../../branch/show-branch.ts'
import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { localZone } from '../../output/moment.ts'
import { bytes } from '../../output/bytes.ts'
import { askYesNo } from '../../prompt.ts'
import { sayBegun } from '../../recovery/say-begun.ts'
import { targetHelp } from '../../recovery/read-target.ts'
import { whenFree } from '../../when-free.ts'

/** A plain copy of more than this takes a person's disk and minutes, so it is asked first. */
const ASK_ABOVE_BYTES = 1024 ** 3

export const branchCreate = command({
  name: ['branch', 'create'],
  summary: 'make an instance that begins as a copy of another',
  description: `From now, without stopping or slowing it; or as it was at a moment: SERVICE@MOMENT. A branch has its own address and password. Where the file system shares blocks (XFS, Btrfs, ZFS, APFS) it takes about a second and no room at any size; elsewhere it is a plain copy. It sleeps when nobody uses it for five minutes, and the next client wakes it.

--mask runs before anybody can connect, then --seed; both as the owner, who sees every row for it, and again with each reset. With a password of its own, the other roles of the data cannot log in until they get a password, which --seed may give.

${targetHelp}`,
  args: [
    {
      name: 'service',
      kind: 'optional',
      summary: 'SERVICE or SERVICE@MOMENT; needed without --git',
    },
    { name: 'name', kind: 'optional', summary: 'What the branch is called; needed without --git' },
  ],
  flags: {
    expires: { type: 'string', value: 'SPAN', summary: 'Remove it after so long, such as 7d' },
    size: { type: 'string', value: 'SIZE', summary: 'Memory, such as 512MB (its parent’s)' },
    mask: { type: 'string', value: 'FILE', summary: 'SQL that hides what must not be seen' },
    seed: { type: 'string', value: 'FILE', summary: 'SQL that adds what must be there' },
    git: { type: 'boolean', summary: 'For the current Git branch: its name, and `howdah run`' },
    password: {
      type: 'string',
      choices: ['own', 'parent'],
      summary: 'A new one, or those of its parent (own; parent with --git)',
    },
    suspendAfter: {
      type: 'string',
      value: 'SPAN',
      summary: 'Sleep after so long without clients, or off (5m)',
    },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
    detach: { type: 'boolean', short: 'd', summary: 'Do not wait for the end' },
  },
  examples: [
    'howdah branch create database try',
    'howdah branch create database pr-42 --expires 7d --mask mask.sql',
    'howdah branch create "database@10 minutes ago" before-the-mistake',
    'howdah branch create --git',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const expiresAfterMs = readSpanMs('--expires', flags.expires)
    const memoryBytes = readSize('--size', flags.size)
    const suspendAfterMs = readSpanOrNeverMs('--suspend-after', flags.suspendAfter)
    const mask = await readScript(ctx.directory, flags.mask)
    const seed = await readScript(ctx.directory, flags.seed)
    const daemon = await ctx.daemon()
    const project = await ctx.projectName()
    const given = { origin: args.service, name: args.name, git: flags.git }
    const { of, target, name, git } = await readBranchWords(ctx, daemon, given)
    // What compose gives an application is its parent's password, and `run` hands it on.
    const passwords = flags.password ?? (flags.git ? 'parent' : 'own')
    const origin = {
      project,
      of: of.service,
      zone: localZone(),
      ...(target ? { target } : {}),
    }
    const plan = await daemon.api.planBranch(origin)
    if (!ctx.json) ctx.terminal.note(branchPlanText(plan))
    const isLarge = !plan.sharesBlocks && plan.sizeBytes > ASK_ABOVE_BYTES
    if (isLarge && !flags.yes) {
      const message = `Copy ${bytes(plan.sizeBytes)}?`
      if (!(await askYesNo(ctx, { message, flag: '--yes', initial: true }))) {
        throw new AppError('CONFIRMATION_REQUIRED', 'not confirmed; nothing was made')
      }
    }
    const started = await whenFree(ctx, daemon, () =>
      daemon.api.createBranch({
        ...origin,
        name,
        passwords,
        ...(expiresAfterMs === undefined ? {} : { expiresAfterMs }),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        ...(suspendAfterMs === undefined ? {} : { suspendAfterMs }),
        ...(mask ? { mask } : {}),
        ...(seed ? { seed } : {}),
        ...(git === undefined ? {} : { git }),
      }),
    )
    if (flags.detach) return sayBegun(ctx, started)
    return showBranch(ctx, daemon, plan, await follow(ctx, daemon, started))
  },
})
