import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type LabFile, hostFolder } from './lab-file.ts'

/**
 * Whether what a process has as its root is this host's, and not this machine's: an init that has not changed its root yet
 * still sees ours, and what was then written, filled or cut off there would be the machine's own. The proof is a mount in
 * that root whose disk is the host's own file.
 */
export function hasOwnRoot(lab: LabFile, host: string, pid: number): boolean {
  try {
    const { dev } = statSync(`/proc/${pid}/root/run/howdah-lab/system`)
    const backing = readFileSync(`/sys/dev/block/${deviceNumber(dev)}/loop/backing_file`, 'utf8')
    return backing.trim() === join(realpathSync(hostFolder(lab, host)), 'system.img')
  } catch {
    return false // no such mount, no loop device, or no such process: in any case not proven
  }
}

/** major:minor, as Linux packs them into a device number (sysmacros.h). */
export function deviceNumber(device: number): string {
  const major = (device >>> 8) & 0xfff
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00)
  return `${major}:${minor}`
}
