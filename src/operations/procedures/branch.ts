import { z } from 'zod'
import { Instant } from '../../contract/names.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { expiryNow } from '../expiry-now.ts'
import { howdahProcedure } from '../dependencies.ts'
import { BranchWork, createBranch } from '../branch/create.ts'
import { notABranch } from '../branch/parent.ts'
import { renameInstance } from '../branch/rename.ts'
import { resetBranch } from '../branch/reset.ts'
import { removeInstance } from '../instance/remove.ts'
import { editInstance } from '../members.ts'

export const branchCreate = howdahProcedure({
  kind: 'branch-create',
  input: BranchWork,
  title: ({ project, of, desired }) => `branch ${desired.service} of ${project}/${of}`,
  subjects: ({ project, desired }) => [`${project}/${desired.service}`],
  async run(work, context, d) {
    const { closedRoles } = await createBranch(context, d, work)
    return { project: work.project, service: work.desired.service, closedRoles }
  },
})

/** The branch as its parent is now; its name, address and password stay. */
export const branchReset = howdahProcedure({
  kind: 'branch-reset',
  input: z.object({
    project: z.string(),
    service: z.string(),
    /** Free names, under which the new one is built and the old one waits for its end. */
    building: z.string(),
    replaced: z.string(),
  }),
  title: ({ project, service }) => `reset of ${project}/${service}`,
  subjects: ({ project, service, building, replaced }) =>
    [service, building, replaced].map((name) => `${project}/${name}`),
  run: (input, context, d) => resetBranch(context, d, input),
})

/** Removes a branch without a final snapshot; its parent has what it was made of. */
export const branchRemove = howdahProcedure({
  kind: 'branch-remove',
  input: z.object({
    project: z.string(),
    service: z.string(),
    /** Branches of it that go with it, the farthest first. */
    children: z.array(z.string()).optional(),
    /** Because its time is over; one that was kept meanwhile stays. */
    expired: z.boolean().optional(),
  }),
  title: ({ project, service, expired }) =>
    `removal of the ${expired ? 'expired ' : ''}branch ${project}/${service}`,
  subjects: ({ project, service, children = [] }) =>
    [service, ...children].map((name) => `${project}/${name}`),
  async run({ project, service, children = [], expired = false }, { step }, d) {
    for (const name of [...children, service]) {
      await step(`${name}: remove`, (s) => removeBranch(d, project, name, expired, s.signal))
    }
  },
})

async function removeBranch(
  d: Dependencies,
  project: string,
  service: string,
  expired: boolean,
  signal: AbortSignal,
): Promise<void> {
  const found = (await d.documents.instances.get(project, service))?.value
  if (!found) return
  if (!found.branch) throw notABranch(found)
  const { expiresAt } = found.branch
  if (expired && (expiresAt === undefined || Date.parse(expiresAt) > (await expiryNow(d)))) return
  await removeInstance(d, project, service, signal)
  if (!expired) return
  await d.event({
    severity: 'info',
    kind: 'branch-expired',
    subject: `${project}/${service}`,
    message: `the branch “${service}” of “${found.branch.service}” expired at ${expiresAt} and was removed`,
  })
}

/** Sets when a branch goes by itself; unset: never. */
export const branchKeep = howdahProcedure({
  kind: 'branch-keep',
  input: z.object({ project: z.string(), service: z.string(), expiresAt: Instant.optional() }),
  title: ({ project, service, expiresAt }) =>
    expiresAt ? `expiry of ${project}/${service}` : `keeping of ${project}/${service}`,
  subjects: ({ project, service }) => [`${project}/${service}`],
  async run({ project, service, expiresAt }, { step }, d) {
    await step(`${service}: ${expiresAt ? 'set its expiry' : 'drop its expiry'}`, () =>
      editInstance(d, project, service, (i) => {
        if (!i.branch) throw notABranch(i)
        const { expiresAt: _before, ...branch } = i.branch
        return { ...i, branch: { ...branch, ...(expiresAt ? { expiresAt } : {}) } }
      }),
    )
  },
})

export const instanceRename = howdahProcedure({
  kind: 'instance-rename',
  input: z.object({ project: z.string(), service: z.string(), to: z.string() }),
  title: ({ project, service, to }) => `renaming of ${project}/${service} to ${to}`,
  subjects: ({ project, service, to }) => [`${project}/${service}`, `${project}/${to}`],
  async run({ project, service, to }, { step }, d) {
    if (service === to) throw new AppError('USAGE', `“${service}” has that name already`)
    await step(`${service}: rename to ${to}`, (s) =>
      renameInstance(d, { project, service, to }, s.signal),
    )
    return { project, service: to }
  },
})
