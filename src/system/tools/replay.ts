import { childrenOf } from '../process-table.ts'

/**
 * The WAL segment that a server replays, as its startup process shows it: `postgres: shop/db: startup recovering 0000…07`.
 * Undefined when it replays none, or does not say (`update_process_title` off).
 */
export function replayedSegment(postmasterPid: number): string | undefined {
  for (const { args } of childrenOf(postmasterPid)) {
    const segment = segmentInTitle(args.join(' '))
    if (segment) return segment
  }
  return undefined
}

/** Titles as in Postgres's xlogrecovery.c (xlog.c before 15): `recovering` what it has, `waiting for` what is to come. */
export function segmentInTitle(title: string): string | undefined {
  return /\bstartup(?: process)?\s+(?:recovering|waiting for) ([0-9A-F]{24})\b/.exec(title)?.[1]
}
