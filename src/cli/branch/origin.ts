import type { Instance } from '../../contract/instance.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context, Daemon } from '../context.ts'
import { nameForGitBranch } from '../git/branch-name.ts'
import { currentGitBranch } from '../git/current-branch.ts'
import { chooseInstance } from '../instances.ts'
import { readTarget } from '../recovery/read-target.ts'

/** What a branch is made from, and what it is called. */
export interface BranchWords {
  readonly of: Instance
  readonly target?: RecoveryTarget
  readonly name: string
  readonly git?: string
}

interface Given {
  /** `SERVICE`, `SERVICE@MOMENT` or `@MOMENT`. */
  readonly origin: string | undefined
  readonly name: string | undefined
  readonly git: boolean
}

/** Reads the words of `branch create`. With `git`, the name may be left to the Git branch that is checked out. */
export async function readBranchWords(
  ctx: Context,
  daemon: Daemon,
  given: Given,
): Promise<BranchWords> {
  const [service = '', ...rest] = (given.origin ?? '').split('@')
  const moment = given.origin?.includes('@') ? rest.join('@') : undefined
  const git = given.git ? gitBranch(ctx) : undefined
  if (given.name === undefined && git === undefined) {
    throw new AppError('USAGE', 'say what the branch is to be called', {
      hint: '`howdah branch create SERVICE NAME`, or `--git` to name it after the current Git branch.',
    })
  }
  const target = moment === undefined ? undefined : readTarget(moment)
  const of = await chooseInstance(ctx, daemon, service === '' ? undefined : service)
  return {
    of,
    ...(target ? { target } : {}),
    name: given.name ?? (await nameAfter(daemon, of, git ?? '')),
    ...(git === undefined ? {} : { git }),
  }
}

function gitBranch({ directory, env }: Context): string {
  const branch = currentGitBranch(directory, env)
  if (branch !== undefined) return branch
  throw new AppError('USAGE', `no Git branch is checked out in ${directory}`, {
    hint: 'On a detached HEAD, as in most CI, give the branch a name instead of --git.',
  })
}

/** The Git branch’s name; with several databases in the project, each has its own. */
async function nameAfter(daemon: Daemon, of: Instance, git: string): Promise<string> {
  const instances = await daemon.api.listInstances({ project: of.project })
  const roots = instances.filter((i) => !i.branch && !i.heldSince)
  const name = nameForGitBranch(git)
  return roots.length > 1 ? `${name}-${of.service}` : name
}
