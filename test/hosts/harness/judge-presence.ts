import type { Violation } from './judge.ts'
import type { History } from './records.ts'

/** Acknowledged minus present must be empty, and so must present minus what may be there. */
export function judgePresence({ entries, final }: History): Violation[] {
  const present = new Set(final.ids)
  const inserts = entries.filter((entry) => entry.kind === 'insert')
  const lost = inserts.filter(({ outcome, id }) => outcome === 'acked' && !present.has(id))
  const possible = new Set(
    inserts.filter(({ outcome }) => outcome !== 'refused').map(({ id }) => id),
  )
  return [
    ...lost.map(({ id, client, endMs }) => ({
      rule: 'lost-ack' as const,
      what: `${id} of ${client}, acknowledged at ${endMs} ms, is not there`,
    })),
    ...final.ids
      .filter((id) => !possible.has(id))
      .map((id) => ({
        rule: 'unexpected-write' as const,
        what: `${id} is there, although it was refused or never tried`,
      })),
  ]
}
