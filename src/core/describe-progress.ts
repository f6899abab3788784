import type { MemberProgress } from '../contract/documents/member.ts'
import { describeBytes } from './describe-bytes.ts'

/** How far a member's copying or recovery is, for people: `1.2 GB of 3.0 GB copied`. */
export function describeProgress({
  stage,
  bytesDone,
  bytesTotal,
  segment,
}: MemberProgress): string {
  if (stage === 'replaying') return segment ? `replaying WAL ${segment}` : 'replaying WAL'
  const done = describeBytes(bytesDone ?? 0)
  return bytesTotal === undefined
    ? `${done} copied`
    : `${done} of ${describeBytes(bytesTotal)} copied`
}
