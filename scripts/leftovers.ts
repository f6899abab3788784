import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

export interface Leftover {
  readonly pid: number
  readonly args: string
}

const POLL_MS = 100

/**
 * The processes that still run in a folder: those that name it in their arguments, and on Linux those whose working
 * directory is in it (a server's children rename themselves). Waits up to `graceMs` for the last to end.
 */
export async function leftoversIn(folder: string, graceMs: number): Promise<Leftover[]> {
  const deadline = Date.now() + graceMs
  for (;;) {
    const found = processesIn(folder)
    if (found.length === 0 || Date.now() >= deadline) return found
    await setTimeout(POLL_MS)
  }
}

function processesIn(folder: string): Leftover[] {
  const inside = `${folder}/`
  const working = workingDirectories()
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, stat, args] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
      if (!pid || !stat || args === undefined) return []
      const isDead = stat.startsWith('Z')
      const isIn = args.includes(inside) || `${working.get(pid) ?? ''}/`.startsWith(inside)
      return isIn && !isDead && Number(pid) !== process.pid ? [{ pid: Number(pid), args }] : []
    })
}

/** pid to working directory, where the system shows it (Linux). */
function workingDirectories(): Map<string, string> {
  const found = new Map<string, string>()
  if (process.platform !== 'linux') return found
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      found.set(pid, readlinkSync(`/proc/${pid}/cwd`))
    } catch {
      // It ended since the folder was listed, or is another user's: not a process of this run.
    }
  }
  return found
}
