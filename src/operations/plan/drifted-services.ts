import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { ARCHIVING_FILE } from '../../core/config/postgresql.ts'
import { enforcedSettings, memberFiles, placeOf } from '../../core/plan/member-document.ts'
import type { Dependencies } from '../dependencies.ts'

/**
 * Instances whose server was told something else than the instance is asked to be: a change that failed half-way and could
 * not be taken back, or a newer Howdah that writes other files.
 */
export async function driftedServices(
  d: Dependencies,
  instances: readonly InstanceDocument[],
): Promise<string[]> {
  const drifted: string[] = []
  for (const instance of instances.filter((i) => i.phase === 'live')) {
    const { project, service } = instance
    const member = await d.documents.members.get(project, service, '0')
    if (member && !isAsAsked(d, instance, member.value)) drifted.push(service)
  }
  return drifted
}

function isAsAsked(d: Dependencies, instance: InstanceDocument, member: MemberDocument): boolean {
  const place = placeOf(member)
  // How it archives is the agent's to change: it says so in the archive's problems.
  const files = withoutArchiving(
    memberFiles(instance, place, d.driver.socketAccounts(), 'clients', {}),
  )
  const asked = [files, enforcedSettings(instance, place), instance.engine.id, instance.endpoint]
  const told = [withoutArchiving(member.files), member.enforced, member.engine.id, member.endpoint]
  return JSON.stringify(asked) === JSON.stringify(told)
}

const withoutArchiving = (files: Record<string, string>) =>
  Object.entries(files).filter(([name]) => name !== ARCHIVING_FILE)
