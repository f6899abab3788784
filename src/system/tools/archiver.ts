import { childrenOf } from '../process-table.ts'
import { identify, signal } from '../processes.ts'

/**
 * Ends the command that a server's archiver waits for, and what that started, so that the archiver looks at its settings
 * again. The server starts an archiver whose command was killed anew. Harmless when none runs.
 */
export function endArchiveCommand(postmasterPid: number): void {
  const archiver = childrenOf(postmasterPid).find(({ args }) => / archiver\b/.test(args.join(' ')))
  if (archiver) endBelow(archiver.pid)
}

function endBelow(pid: number): void {
  for (const child of childrenOf(pid)) {
    endBelow(child.pid)
    const identity = identify(child.pid)
    if (identity) signal(identity, 'SIGKILL')
  }
}
