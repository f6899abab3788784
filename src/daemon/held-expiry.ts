import { describeSpan } from '../core/describe-span.ts'
import { type ClockMemory, doubtLeftMs } from '../core/policy/expiry-clock.ts'
import type { ScheduleDependencies, Wanted } from './scheduled-work.ts'

const KIND = 'expiry-waits'
/** Thousands of them tell no more than the first. */
const MOST_NAMED = 5

/** Tells once for each jump of the clock what is too old by that clock alone, and therefore stays for a day of running. */
export async function tellHeld(
  { documents, event }: Pick<ScheduleDependencies, 'documents' | 'event'>,
  clock: ClockMemory,
  held: readonly Wanted[],
  told: Set<string>,
): Promise<void> {
  const jump = clock.jumps.at(-1)
  if (!jump || held.length === 0) return
  const key = `${KIND} ${jump.atMs}`
  if (told.has(key)) return
  const events = (await documents.events.list()).map((e) => e.value)
  const isTold = events.some((e) => e.kind === KIND && Date.parse(e.at) >= jump.atMs)
  if (!isTold) await event({ severity: 'warning', kind: KIND, message: sentence(clock, held) })
  told.add(key)
}

function sentence(clock: ClockMemory, held: readonly Wanted[]): string {
  const byMs = clock.jumps.reduce((sum, jump) => sum + jump.byMs, 0)
  const named = held.slice(0, MOST_NAMED).flatMap(({ removes }) => removes ?? [])
  const more = held.length - named.length
  const what = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  return (
    `the clock went ahead by ${wholeMinutes(byMs)} in which this machine did not run: it was off, or its clock is wrong now. ` +
    `What is too old by that clock is kept until the daemon has run for ${wholeMinutes(doubtLeftMs(clock))} more: ${what}. ` +
    'If the clock is wrong, set it right before then'
  )
}

const wholeMinutes = (spanMs: number): string => describeSpan(Math.round(spanMs / 60_000) * 60_000)
