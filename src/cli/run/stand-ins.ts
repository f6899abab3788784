import type { Instance } from '../../contract/instance.ts'
import type { ProjectSpec, Template } from '../../contract/project.ts'
import type { Context, Daemon } from '../context.ts'
import { currentGitBranch } from '../git/current-branch.ts'

/** Branches that are used in place of what they branch from. */
export interface StandIns {
  /** By the service name of the parent. */
  readonly of: ReadonlyMap<string, Instance>
  /** What config has for them instead: passwords of their own, by the config’s name. */
  readonly config: Readonly<Record<string, string>>
}

export const noStandIns: StandIns = { of: new Map(), config: {} }

/**
 * Those that were made for the Git branch that is checked out here (`howdah branch create --git`). Says on stderr which, so
 * that nobody wonders about the data.
 */
export async function gitStandIns(
  ctx: Context,
  daemon: Daemon,
  spec: ProjectSpec,
  instances: readonly Instance[],
): Promise<StandIns> {
  const git = currentGitBranch(ctx.directory, ctx.env)
  const of = new Map<string, Instance>()
  for (const instance of instances) {
    if (git === undefined || instance.branch?.git !== git || instance.heldSince) continue
    if (spec.services[instance.branch.service]?.managed) of.set(instance.branch.service, instance)
  }
  const config: Record<string, string> = {}
  for (const [parent, { project, service }] of of) {
    ctx.terminal.note(`Using ${service}, the branch of ${parent} for the Git branch ${git}`)
    const template = spec.services[parent]?.managed?.password ?? []
    const { password } = await daemon.api.getConnection({ project, service })
    const name = wholly(template)
    if (name !== undefined) config[name] = password
    else if (template.length !== 1 || template[0] !== password) {
      ctx.terminal.warn(
        `${service} has a password of its own, and compose spells out that of ${parent}; make it with --password parent`,
      )
    }
  }
  return { of, config }
}

/** The config that a template is nothing else than. */
function wholly(template: Template): string | undefined {
  const [only, ...others] = template
  return others.length === 0 && typeof only === 'object' ? only.config : undefined
}
