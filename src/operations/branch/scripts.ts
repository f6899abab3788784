import { z } from 'zod'
import type { BranchOf } from '../../contract/branch.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import {
  otherLogins,
  seeAllRows,
  takePassword,
  withoutPassword,
} from '../../core/sql/branch-roles.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Write } from '../../store/store.ts'
import type { Dependencies } from '../dependencies.ts'
import { withSession } from '../instance/owner.ts'
import { instanceOf, memberOf } from '../members.ts'
import type { Context } from '../procedure.ts'

/** A script as an operation is given it: sealed, because it may hold what is secret. */
export const SealedScript = z.object({ id: z.string(), name: z.string(), sealed: z.string() })
export type SealedScript = z.output<typeof SealedScript>

export const scriptKey = (id: string): string => `scripts/${id}`

type Kinds = Pick<BranchOf, 'mask' | 'seed'>
const kinds = ['mask', 'seed'] as const

/** Keeps a branch's scripts for its resets. Safe to repeat. */
export async function keepScripts(
  d: Dependencies,
  scripts: readonly (SealedScript | undefined)[],
): Promise<void> {
  const given = scripts.flatMap((s) => s ?? [])
  await d.store.write(
    given.map(({ id, name, sealed }) => d.documents.scripts.put([id], { format: 1, name, sealed })),
  )
}

/** Removes scripts that no branch has, whatever was begun and given up. */
export async function dropScripts(d: Dependencies, branch: Kinds): Promise<void> {
  await d.store.write(await scriptsToDrop(d, branch, ''))
}

/** What removes the scripts of a branch that goes, but for those that another one has too: a held state, a rebuilt one. */
export async function scriptsToDrop(
  d: Pick<Dependencies, 'documents'>,
  branch: Kinds | undefined,
  goingId: InstanceDocument['id'],
): Promise<Write[]> {
  const own = kinds.flatMap((kind) => branch?.[kind] ?? [])
  if (own.length === 0) return []
  const others = (await d.documents.instances.list()).map((i) => i.value)
  const kept = others
    .filter((i) => i.id !== goingId)
    .flatMap((i) => kinds.map((kind) => i.branch?.[kind]))
  return own.filter((id) => !kept.includes(id)).map((id) => d.documents.scripts.remove([id]))
}

export interface Preparing {
  readonly project: string
  readonly service: string
  readonly branch: BranchOf
}

/**
 * The steps between a branch's first start and its opening: passwords of others, then the mask, then the seed. Gives the roles
 * that cannot log in any more.
 */
export async function prepareBranch(
  { step }: Context,
  d: Dependencies,
  { project, service, branch }: Preparing,
): Promise<string[]> {
  if (branch.passwords !== 'parent') {
    await step(`${service}: close other roles`, () => closeOthers(d, project, service))
  }
  for (const kind of kinds) {
    const id = branch[kind]
    if (id === undefined) continue
    await step(
      `${service}: ${kind}`,
      async (s) => {
        if (s.attempt > 1) throw cutShort(kind, service)
        const script = await scriptOf(d, id, service)
        const { user, database } = await instanceOf(d, project, service)
        const member = await memberOf(d, project, service)
        await withSession(d, member, (session) => session.query(seeAllRows(user)))
        await d.driver.runScript(member, script, { role: user, database }, s)
      },
      { endsOnCancel: true },
    )
  }
  if (branch.passwords === 'parent') return []
  return step(`${service}: see who cannot log in`, () => closedRoles(d, project, service))
}

/** Half of a script cannot be told from the whole, and what was masked twice is not what was meant. */
const cutShort = (kind: string, service: string): AppError =>
  new AppError(
    'SCRIPT_FAILED',
    `the daemon ended while the ${kind} script of “${service}” ran, and it may run only once`,
    { details: { cutShort: true } },
  )

/** Whether a branch could not be made only because the daemon died in one of its scripts. */
export const isCutShort = (error: unknown): boolean =>
  error instanceof AppError && error.details?.['cutShort'] === true

async function closeOthers(d: Dependencies, project: string, service: string): Promise<void> {
  const { user } = await instanceOf(d, project, service)
  await withSession(d, await memberOf(d, project, service), async (session) => {
    const found = await session.query<{ rolname: string }>(otherLogins(SUPERUSER, user))
    for (const { rolname } of found) await session.query(takePassword(rolname))
  })
}

/** After the scripts, which may have given passwords. */
async function closedRoles(d: Dependencies, project: string, service: string): Promise<string[]> {
  const { user } = await instanceOf(d, project, service)
  const found = await withSession(d, await memberOf(d, project, service), (session) =>
    session.query<{ rolname: string }>(withoutPassword(SUPERUSER, user)),
  )
  return found.map((r) => r.rolname)
}

/** Without its mask a branch would show what it must not: then it is not made at all. */
async function scriptOf(d: Dependencies, id: string, service: string) {
  const found = await d.documents.scripts.get(id)
  if (!found) throw new AppError('SCRIPT_FAILED', `a script of “${service}” is gone`)
  const { name, sealed } = found.value
  return { name, text: d.secrets.open(scriptKey(id), sealed) }
}
