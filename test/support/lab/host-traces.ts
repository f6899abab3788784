import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { groupsOf } from '../../hosts/groups.ts'
import { labFolder } from '../../hosts/lab-file.ts'

/** What the system holds of a lab, by kind. */
export function tracesOf(name: string): Record<string, string[]> {
  const folder = labFolder(name)
  const lines = (text: string): string[] => text.split('\n')
  const network = existsSync('/run/netns') ? readdirSync('/run/netns') : []
  return {
    namespaces: network.filter((entry) => entry.startsWith(`howdah-${name}-`)),
    disks: lines(execFileSync('losetup', ['-a'], { encoding: 'utf8' })).filter((line) =>
      line.includes(folder),
    ),
    mounts: lines(readFileSync('/proc/self/mountinfo', 'utf8')).filter(
      (line) => line.includes(folder) || line.includes(`howdah-${name}-`),
    ),
    groups: ['h1', 'h2', 'edge'].flatMap((host) => groupsOf(name, host)),
    processes: lines(execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' })).filter(
      (line) => line.includes(`${folder}/`) || line.endsWith(folder),
    ),
    files: existsSync(folder) ? [folder] : [],
  }
}

/** What the system holds of a lab that is gone. */
export const noTraces = {
  namespaces: [],
  disks: [],
  mounts: [],
  groups: [],
  processes: [],
  files: [],
}
