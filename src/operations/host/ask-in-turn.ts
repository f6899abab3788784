import { setTimeout as delay } from 'node:timers/promises'
import type { JoinBundle } from '../../contract/documents/host.ts'
import type { HostWanted } from '../../contract/host.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { HostMachine } from './machine.ts'

const LOOK_MS = 1000
/** A host joins in seconds once it was let in. One that takes longer may never come, and a person must say so. */
const PATIENCE_MS = 2 * 60_000

/** Asks to be let in, and waits while another host is on its way in or out. Then JOIN_REFUSED that names it; other refusals at once. */
export async function askInTurn(
  machine: Pick<HostMachine, 'askToJoin'>,
  token: string,
  host: HostWanted,
  watch: Watch,
): Promise<JoinBundle> {
  const untilMs = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await machine.askToJoin(token, host, watch)
    } catch (error) {
      const { code, details } = AppError.from(error)
      const other = details?.['onTheWay']
      if (code !== 'JOIN_REFUSED' || typeof other !== 'string') throw error
      if (performance.now() > untilMs) throw error
      watch.report(`waiting for the host ${other}, which is on its way`)
    }
    await delay(LOOK_MS, undefined, { signal: watch.signal })
  }
}
