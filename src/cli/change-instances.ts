import type { Operation } from '../contract/operation.ts'
import { AppError } from '../errors/app-error.ts'
import type { Context, Daemon } from './context.ts'
import { follow } from './follow.ts'
import { instancesOf } from './output/operation-line.ts'

interface Change {
  readonly services: readonly string[]
  /** Every project's instances instead of one project's. */
  readonly all: boolean
  /** `started`: for the last line. */
  readonly done: string
  readonly ask: (
    daemon: Daemon,
    input: { readonly project: string; readonly services: string[] },
  ) => Promise<Operation>
}

/**
 * Starts, stops or restarts instances and follows the work to its end. With `all`, every project is asked at once and
 * followed in turn; one that fails does not keep the others from being done, and the first failure is thrown at the end.
 */
export async function changeInstances(ctx: Context, change: Change): Promise<void> {
  if (change.all && change.services.length > 0) {
    throw new AppError('USAGE', '--all takes no services')
  }
  const daemon = await ctx.daemon()
  const projects = change.all ? await projectNames(daemon) : [await ctx.projectName()]
  const asked = await Promise.allSettled(
    projects.map((project) => change.ask(daemon, { project, services: [...change.services] })),
  )
  const failures: unknown[] = []
  const finished: Operation[] = []
  for (const outcome of asked) {
    try {
      if (outcome.status === 'rejected') throw outcome.reason
      finished.push(await follow(ctx, daemon, outcome.value))
    } catch (error) {
      failures.push(error)
    }
  }
  const [first, ...others] = failures
  for (const other of others) ctx.terminal.warn(AppError.from(other).message)
  if (first !== undefined) throw first
  if (ctx.json) ctx.terminal.json(finished)
  else showDone(ctx, change, finished)
}

function showDone(ctx: Context, change: Change, finished: readonly Operation[]): void {
  const subjects = finished.flatMap(instancesOf)
  if (subjects.length === 0) ctx.terminal.note('There is no instance to change.')
  for (const subject of subjects) ctx.terminal.print(`${subject} ${change.done}`)
}

async function projectNames(daemon: Daemon): Promise<string[]> {
  const projects = await daemon.api.listProjects({})
  return projects.map((project) => project.name)
}
