import { dirname } from 'node:path'
import type { MemberDocument } from '../contract/documents/member.ts'
import { removeIfEmpty, removeTree } from '../system/files.ts'

/** Removes all that a member has, and the folders of its instance and project when nothing else is in them. */
export async function removeMember({ directory }: MemberDocument): Promise<void> {
  await removeTree(directory)
  const instance = dirname(directory)
  if (await removeIfEmpty(instance)) await removeIfEmpty(dirname(instance))
}
