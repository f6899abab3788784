import { runInside } from './exec.ts'
import type { LabFile } from './lab-file.ts'
import { Refusal } from './refusal.ts'

const MS_PER_SECOND = 1000
const NO_LIBRARY = 3
/** Runs in the host, so that no path in it can lead out of it. */
const SET = `set -- "$1" /usr/lib/*/faketime/libfaketimeMT.so.1
[ -e "$2" ] || exit ${NO_LIBRARY}
echo "$1" > /etc/faketimerc && echo "$2" > /etc/ld.so.preload`
const UNSET = 'rm -f /etc/ld.so.preload /etc/faketimerc'

/**
 * Moves a host's wall clock by so much from the machine's, for the programs that use the C library: those that start from
 * now on, and those that started while a skew (be it zero) was set. Undefined ends it for programs that start afterwards.
 */
export async function skew(lab: LabFile, host: string, byMs: number | undefined): Promise<void> {
  const seconds = (byMs ?? 0) / MS_PER_SECOND
  const offset = `${seconds < 0 ? '' : '+'}${seconds}`
  const command = byMs === undefined ? ['sh', '-c', UNSET] : ['sh', '-c', SET, 'sh', offset]
  const { status, stderr } = await runInside(lab, host, command)
  if (status === 0) return
  if (status !== NO_LIBRARY) throw new Error(`the clock of ${host} could not be set: ${stderr}`)
  const install = `lab exec ${host} -- apt-get install libfaketime`
  throw new Refusal(`${host} has no libfaketime: \`${install}\``)
}
