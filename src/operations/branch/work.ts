import { randomBytes } from 'node:crypto'
import type { BranchAsked } from '../../contract/branch-plan.ts'
import type { Dependencies } from '../dependencies.ts'
import { instanceOf } from '../members.ts'
import type { BranchWork } from './create.ts'
import { desiredBranch } from './desired.ts'
import { planBranch } from './plan.ts'
import { scriptKey, type SealedScript } from './scripts.ts'

/** What the operation that makes a branch is told; nothing secret is in it but sealed. */
export async function branchWork(d: Dependencies, asked: BranchAsked): Promise<BranchWork> {
  const { project, of, target, zone, name, passwords = 'own', memoryBytes, git } = asked
  const parent = await instanceOf(d, project, of)
  const plan = target && (await planBranch(d, { project, of, target, zone }))
  const { expiresAfterMs, mask, seed, suspendAfterMs } = asked
  return {
    project,
    of,
    desired: await desiredBranch(d, parent, {
      service: name,
      memoryBytes,
      passwords,
      password: randomBytes(24).toString('base64url'),
      suspendAfterMs,
    }),
    passwords,
    ...(plan?.lineage && plan.target
      ? {
          past: {
            lineage: plan.lineage,
            target: plan.target,
            at: plan.at ?? new Date().toISOString(),
          },
        }
      : {}),
    ...(expiresAfterMs === undefined ? {} : { expiresAfterMs }),
    ...(git === undefined ? {} : { git }),
    ...(mask ? { mask: sealed(d, mask) } : {}),
    ...(seed ? { seed: sealed(d, seed) } : {}),
  }
}

function sealed(d: Dependencies, script: { name: string; text: string }): SealedScript {
  const id = d.newId()
  return { id, name: script.name, sealed: d.secrets.seal(scriptKey(id), script.text) }
}
