import { expiryTime, readClock } from '../core/policy/expiry-clock.ts'
import type { Dependencies } from './dependencies.ts'

/**
 * The time by which things expire and are removed, in ms since 1970: the wall clock, without what it went ahead by and is not
 * believed yet. The schedules read the machine's clocks every minute; what is ahead of that counts as a jump here.
 */
export async function expiryNow({ documents }: Pick<Dependencies, 'documents'>): Promise<number> {
  const wallMs = Date.now()
  const memory = (await documents.clocks.get('machine'))?.value
  return memory
    ? expiryTime(readClock(memory, { wallMs, uptimeMs: memory.uptimeMs, ranMs: 0 }))
    : wallMs
}
