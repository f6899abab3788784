import { Wakeup } from '../../agent/wakeup.ts'
import { AppError } from '../../errors/app-error.ts'
import type { NewEvent } from '../../operations/dependencies.ts'
import type { EtcdMember } from './etcd-member.ts'

/** Between two looks: one reading of the process table. */
const LOOK_MS = 500
/** After the first death it is started at once; one that dies again and again gets time. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** One that ran for so long died for another reason than those before. */
const STEADY_MS = 60_000

interface Keeping {
  readonly member: EtcdMember
  readonly event: (event: NewEvent) => void
  readonly onError: (error: unknown) => void
}

/** Starts this host’s member of etcd again whenever it has died, until `signal` aborts; it runs on after that. Never throws. */
export async function keepEtcd(
  { member, event, onError }: Keeping,
  signal: AbortSignal,
): Promise<void> {
  const wakeup = new Wakeup()
  signal.addEventListener('abort', () => wakeup.wake(), { once: true })
  member.onWanted = () => wakeup.wake()
  let pauseMs = 0
  let startedMs = -Infinity
  while (!signal.aborted) {
    let waitMs: number | undefined = LOOK_MS
    try {
      if (!(await member.isWanted())) waitMs = undefined
      else if (await member.ensure()) {
        const message = 'the host’s member of etcd had ended and was started again'
        event({ severity: 'warning', kind: 'etcd-restarted', message })
        pauseMs = performance.now() - startedMs > STEADY_MS ? 0 : longer(pauseMs)
        startedMs = performance.now()
        waitMs = Math.max(LOOK_MS, pauseMs)
      }
    } catch (error) {
      onError(AppError.from(error))
      pauseMs = longer(pauseMs)
      waitMs = pauseMs
    }
    await wakeup.wait(waitMs)
  }
}

const longer = (pauseMs: number): number =>
  Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * pauseMs))
