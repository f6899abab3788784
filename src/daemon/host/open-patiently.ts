import { AppError } from '../../errors/app-error.ts'
import type { Log } from '../log.ts'
import type { SocketDoor } from '../socket-door.ts'
import { readHostFile } from './host-file.ts'
import { type OpenedStore, type Opening, openStore } from './open-store.ts'
import { waitingRoom } from './waiting-room.ts'

/** From then on callers are told why they wait; an opening takes a tenth of it. */
const TELL_AFTER_MS = 2000
/** Tries follow one another every few seconds, for hours if need be: every so many is told in the log. */
const LOGGED_EACH = 20

type Patient = Pick<Opening, 'home' | 'member' | 'signal'> & {
  readonly log: Log
  readonly door: SocketDoor
  /** Ends the daemon. */
  readonly stop: () => void
}

/**
 * Opens the state of a home. While that cannot be, as without a majority of etcd, callers on the socket are told why, and the servers
 * run on. Undefined when `signal` aborted first.
 */
export async function openPatiently(patient: Patient): Promise<OpenedStore | undefined> {
  const { home, log, door, stop } = patient
  let failures = 0
  let reason = 'no member of it has answered yet'
  let answering: Promise<string> | undefined
  const answer = (): void => {
    if (answering) return
    answering = door.open({ app: waitingRoom(() => reason, stop) })
    // Its failure is thrown below, when the opening is over.
    answering.catch(() => {})
  }
  const onFailure = (error: unknown): void => {
    reason = AppError.from(error).message
    if (failures++ % LOGGED_EACH === 0) log.error({ error }, 'store not opened; trying on')
    answer()
  }
  // A move takes its time, and who asked for it waits for a daemon, not for a refusal.
  const isMember = (await readHostFile(home))?.state === 'member'
  const timer = isMember ? setTimeout(answer, TELL_AFTER_MS) : undefined
  try {
    return await openStore({ ...patient, onFailure })
  } finally {
    clearTimeout(timer)
    await answering
    if (answering) await door.hold()
  }
}
