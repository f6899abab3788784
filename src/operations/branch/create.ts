import { z } from 'zod'
import { BranchPasswords, type BranchOf } from '../../contract/branch.ts'
import { type ChosenVersion, DesiredInstance } from '../../contract/documents/work.ts'
import { Instant, LineageId } from '../../contract/names.ts'
import { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { createInstance } from '../instance/create.ts'
import { restoreInto } from '../instance/restore.ts'
import type { Context } from '../procedure.ts'
import { copyParent } from './copy-parent.ts'
import {
  dropScripts,
  isCutShort,
  keepScripts,
  prepareBranch,
  type Preparing,
  SealedScript,
} from './scripts.ts'

/** A branch to be made. */
export const BranchWork = z.object({
  project: z.string(),
  /** The parent's service name. */
  of: z.string(),
  /** What the branch is to be. */
  desired: DesiredInstance,
  passwords: BranchPasswords,
  /** A moment of the past; unset: now. */
  past: z.object({ lineage: LineageId, target: RecoveryTarget, at: Instant }).optional(),
  expiresAfterMs: z.int().positive().optional(),
  git: z.string().optional(),
  mask: SealedScript.optional(),
  seed: SealedScript.optional(),
})
export type BranchWork = z.output<typeof BranchWork>

export interface BranchMade {
  /** As the instance's document has it. */
  readonly branch: BranchOf
  /** Roles that cannot log in there until they get a password. */
  readonly closedRoles: readonly string[]
}

/** How often it is begun anew because daemons die in its scripts. */
const MOST_ROUNDS = 5

/**
 * Makes a branch of an instance, or nothing. A script that was cut short by the death of a daemon spoils the data that it
 * ran on: then the branch is made anew, from the parent as it is by then.
 */
export async function createBranch(
  context: Context,
  d: Dependencies,
  work: BranchWork,
  version?: ChosenVersion,
): Promise<BranchMade> {
  for (let round = 1; ; round++) {
    try {
      return await makeBranch(inRound(context, round), d, work, version)
    } catch (error) {
      if (round === MOST_ROUNDS || !isCutShort(error)) throw error
    }
  }
}

/** Steps of their own for each round: those of the one before are over. */
const inRound = (context: Context, round: number): Context => ({
  ...context,
  step: (name, body, options) =>
    context.step(round === 1 ? name : `${name} (${round})`, body, options),
})

async function makeBranch(
  context: Context,
  d: Dependencies,
  work: BranchWork,
  version: ChosenVersion | undefined,
): Promise<BranchMade> {
  const { id, step, signal } = context
  const { service } = work.desired
  // One operation may make several branches.
  const copy = `${id}-${service}`
  const { mask, seed } = work
  try {
    if (mask ?? seed) {
      await step(`${service}: keep the scripts`, () => keepScripts(d, [mask, seed]))
    }
    return await (work.past
      ? fromPast(context, d, work, work.past)
      : fromNow(context, d, work, copy, version))
  } catch (error) {
    if (signal.aborted) throw error
    await step(
      `${service}: undo the branch`,
      async () => {
        await d.driver.removeCopy(copy)
        await dropScripts(d, { mask: mask?.id, seed: seed?.id })
      },
      { evenIfCancelled: true },
    )
    throw error
  }
}

async function fromNow(
  context: Context,
  d: Dependencies,
  work: BranchWork,
  copy: string,
  version: ChosenVersion | undefined,
): Promise<BranchMade> {
  const { project, of, desired } = work
  const { service } = desired
  const directory = d.driver.placeCopy(copy)
  const { made, parent, like } = await context.step(
    `${service}: copy ${of}`,
    async (s) => {
      const copied = await copyParent(d, { project, of, target: directory }, s)
      refuseOther(desired, copied.like.user, of)
      return { ...copied, made: branchOf(work, copied.branch) }
    },
    { endsOnCancel: true },
  )
  const { id: engineId, major, minor } = like.engine
  const preparing = prepare(d, { project, service, branch: made })
  await createInstance(context, d, {
    project,
    desired: { ...desired, initdb: like.initdb, initFiles: [] },
    version: version ?? { engineId, major, minor },
    inherited: {
      source: { kind: 'move', directory },
      parent,
      branch: made,
      beforeOpen: preparing.run,
    },
  })
  return { branch: made, closedRoles: preparing.closedRoles }
}

async function fromPast(
  context: Context,
  d: Dependencies,
  work: BranchWork,
  { lineage, target, at }: NonNullable<BranchWork['past']>,
): Promise<BranchMade> {
  const { project, of, desired } = work
  const { service } = desired
  const made = await context.step(`${service}: look at the disk`, async () => {
    const lsn = target.kind === 'lsn' ? { lsn: target.lsn } : {}
    const shared = await d.driver.sharesBlocks()
    return branchOf(work, { service: of, lineage, at, ...lsn, shared })
  })
  const preparing = prepare(d, { project, service, branch: made })
  await restoreInto(context, d, {
    lineage,
    target,
    project,
    desired: { ...desired, initFiles: [] },
    how: 'branch',
    branch: made,
    beforeOpen: preparing.run,
  })
  return { branch: made, closedRoles: preparing.closedRoles }
}

/** The steps before a branch is opened, and what they found out. */
function prepare(d: Dependencies, what: Preparing) {
  const preparing = {
    closedRoles: [] as readonly string[],
    run: async (context: Context): Promise<void> => {
      preparing.closedRoles = await prepareBranch(context, d, what)
    },
  }
  return preparing
}

function branchOf(
  { expiresAfterMs, git, passwords, mask, seed }: BranchWork,
  copied: Pick<BranchOf, 'service' | 'lineage' | 'at' | 'lsn' | 'shared'>,
): BranchOf {
  return {
    ...copied,
    passwords,
    ...(expiresAfterMs === undefined ? {} : { expiresAt: later(expiresAfterMs) }),
    ...(git === undefined ? {} : { git }),
    ...(mask ? { mask: mask.id } : {}),
    ...(seed ? { seed: seed.id } : {}),
  }
}

const later = (spanMs: number): string => new Date(Date.now() + spanMs).toISOString()

/** A copy keeps its owner. */
function refuseOther({ service, user }: DesiredInstance, has: string, of: string): void {
  if (user === has) return
  const message = `“${of}” belongs to the user “${has}” and “${service}” is to belong to “${user}”: a branch keeps its owner`
  throw new AppError('CHANGE_REFUSED', message)
}
