import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { setVerifier } from '../../core/sql/owner.ts'
import type { Dependencies } from '../dependencies.ts'
import { withSession } from './owner.ts'

/** The password that an instance's clients have, in clear; `sealed` as its credential document has it. */
export const openPassword = (
  d: Pick<Dependencies, 'secrets'>,
  { project, service }: Pick<InstanceDocument, 'project' | 'service'>,
  sealed: string,
): string => d.secrets.open(`credentials/${project}/${service}`, sealed)

/** Gives the owner of a running server's data this password. */
export async function givePassword(
  d: Dependencies,
  member: MemberDocument,
  user: string,
  password: string,
): Promise<void> {
  const verifier = d.secrets.scramVerifier(password)
  await withSession(d, member, (session) => session.query(setVerifier(user, verifier)))
}
