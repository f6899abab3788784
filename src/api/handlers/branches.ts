import type { branchApi } from '../../contract/api/branches.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { diffBranch } from '../../operations/branch/diff.ts'
import { childrenOf, demandParent, notABranch } from '../../operations/branch/parent.ts'
import { planBranch } from '../../operations/branch/plan.ts'
import { branchWork } from '../../operations/branch/work.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { instanceOf } from '../../operations/members.ts'
import { stampOf } from '../../operations/plan/plan-restore.ts'
import {
  branchCreate,
  branchKeep,
  branchRemove,
  branchReset,
  instanceRename,
} from '../../operations/procedures/branch.ts'
import { swap } from '../../operations/procedures/swap.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'

/** Two servers wake in a second; whoever asks waits for the answer. */
const DIFF_DEADLINE_MS = 60_000

export function branchHandlers(s: Services): Handlers<typeof branchApi> {
  const begin = async (procedure: Parameters<typeof enqueue>[1], input: object) =>
    operationView(await enqueue(s, procedure, input))
  const beginSwap = (project: string, service: string, other: string, keepAs?: string) => {
    const kept = keepAs ?? `${service}-before-${stampOf(new Date())}`
    return begin(swap, { project, service, other, keepAs: kept })
  }
  return {
    planBranch: (asked) => planBranch(s, asked),
    async createBranch(asked) {
      const { project, name } = asked
      await refuseTaken(s, project, name)
      return begin(branchCreate, await branchWork(s, asked))
    },
    async resetBranch({ project, service }) {
      await demandParent(s, await instanceOf(s, project, service))
      const id = s.newId()
      const names = { building: `${service}-building-${id}`, replaced: `${service}-replaced-${id}` }
      return begin(branchReset, { project, service, ...names })
    },
    async removeBranch({ project, service, cascade }) {
      const instance = await branchNamed(s, project, service)
      const children = (await below(s, instance)).map((i) => i.service)
      if (children.length > 0 && !cascade) throw hasChildren(service, children)
      return begin(branchRemove, { project, service, children })
    },
    async keepBranch({ project, service, expiresAfterMs }) {
      await branchNamed(s, project, service)
      const at = expiresAfterMs && new Date(Date.now() + expiresAfterMs).toISOString()
      return begin(branchKeep, { project, service, ...(at ? { expiresAt: at } : {}) })
    },
    diffBranch: (asked) => diffBranch(s, asked, AbortSignal.timeout(DIFF_DEADLINE_MS)),
    async promoteBranch({ project, service }) {
      const parent = await demandParent(s, await instanceOf(s, project, service))
      return beginSwap(project, parent.service, service)
    },
    async swapInstances({ project, service, other, keepAs }) {
      if (service === other) throw new AppError('USAGE', `“${service}” has its own data already`)
      await instanceOf(s, project, service)
      await instanceOf(s, project, other)
      // The name of the other is free by then.
      if (keepAs !== undefined && keepAs !== other) await refuseTaken(s, project, keepAs)
      return beginSwap(project, service, other, keepAs)
    },
    async renameInstance({ project, service, to }) {
      await instanceOf(s, project, service)
      await refuseTaken(s, project, to)
      return begin(instanceRename, { project, service, to })
    },
  }
}

async function refuseTaken(s: Services, project: string, service: string): Promise<void> {
  if (!(await s.documents.instances.get(project, service))) return
  const message = `the project “${project}” has an instance “${service}” already`
  throw new AppError('INSTANCE_EXISTS', message)
}

async function branchNamed(
  s: Services,
  project: string,
  service: string,
): Promise<InstanceDocument> {
  const instance = await instanceOf(s, project, service)
  if (instance.branch) return instance
  throw notABranch(instance)
}

/** Its branches and theirs, the farthest first. */
async function below(s: Services, of: InstanceDocument): Promise<InstanceDocument[]> {
  const children = (await childrenOf(s, of)).filter((child) => !child.heldSince)
  const farther = await Promise.all(children.map((child) => below(s, child)))
  return [...farther.flat(), ...children]
}

const hasChildren = (service: string, children: readonly string[]): AppError =>
  new AppError('CHANGE_REFUSED', `“${service}” has branches of its own: ${children.join(', ')}`, {
    details: { branches: children },
    hint: 'Remove them first, or all of them together with --cascade.',
  })
