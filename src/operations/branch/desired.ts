import type { BranchPasswords } from '../../contract/branch.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import { BRANCH_BACKUPS } from '../../core/policy/branch-backups.ts'
import { BRANCH_SUSPEND_AFTER_MS } from '../../core/policy/branch-sleep.ts'
import { LEAST_MEMORY_BYTES } from '../../core/sizing.ts'
import type { Dependencies } from '../dependencies.ts'
import { openPassword } from '../instance/password.ts'

export interface BranchAsked {
  readonly service: string
  /** Unset: as much as its parent. */
  readonly memoryBytes?: number | undefined
  readonly passwords: BranchPasswords
  /** For `own`. */
  readonly password: string
  /** 0: it never sleeps. Unset: as branches do. */
  readonly suspendAfterMs?: number | undefined
}

/** An instance like its parent, under another name and with the password that is asked for. */
export async function desiredBranch(
  d: Pick<Dependencies, 'documents' | 'secrets'>,
  parent: InstanceDocument,
  asked: BranchAsked,
): Promise<DesiredInstance> {
  const { service, passwords, suspendAfterMs = BRANCH_SUSPEND_AFTER_MS } = asked
  const { project, user, database, portWanted, initdb, settings, cpus, tls } = parent
  const known = await d.documents.credentials.get(project, parent.service)
  const password =
    passwords === 'own' ? asked.password : openPassword(d, parent, known?.value.sealed ?? '')
  const name = `credentials/${project}/${service}`
  return {
    service,
    user,
    database,
    passwordFingerprint: d.secrets.fingerprint(name, password),
    sealedPassword: d.secrets.seal(name, password),
    portWanted,
    initdb,
    initFiles: [],
    settings,
    memoryBytes: Math.max(LEAST_MEMORY_BYTES, asked.memoryBytes ?? parent.memoryBytes),
    cpus,
    tls,
    backups: BRANCH_BACKUPS,
    ...(suspendAfterMs > 0 ? { suspendAfterMs } : {}),
  }
}

/** The instance that is there, to be built anew under another name with its own password. */
export async function desiredAgain(
  d: Pick<Dependencies, 'documents' | 'secrets'>,
  branch: InstanceDocument,
  service: string,
): Promise<DesiredInstance> {
  const { backups, suspendAfterMs = 0, memoryBytes } = branch
  const again = await desiredBranch(d, branch, {
    service,
    memoryBytes,
    passwords: 'parent',
    password: '',
    suspendAfterMs,
  })
  const { backups: _own, ...rest } = again
  return { ...rest, ...(backups ? { backups } : {}) }
}
