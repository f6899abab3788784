import type { HostDocument } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Guarded } from '../access/guard.ts'
import type { Doorway } from '../mount.ts'
import type { Services } from '../services.ts'
import { carriedEvents } from './carried-events.ts'
import { otherHostOf } from './host-of.ts'
import type { PeerCall } from './peers.ts'
import { sendScripts } from './send-scripts.ts'

/** A request, as far as it is carried on. */
export interface Carried extends Pick<PeerCall, 'method' | 'path'> {
  readonly doorway: Doorway
  readonly input: object
  /** The JSON body that it came with. */
  readonly body?: object
}

/** Has calls about what is on another host answered there. */
export interface Forward {
  /** The other host’s answer; undefined for what is answered here. HOST_DOWN. */
  call(name: string, call: Guarded, carried: Carried): Promise<Response | undefined>
  /** The same for a stream, until `signal` aborts. */
  stream(call: Guarded, carried: Carried, signal: AbortSignal): Promise<Response | undefined>
}

export function forward(s: Services): Forward {
  /** What was forwarded is answered where it comes to, so that nothing goes in circles. */
  const otherHost = async (call: Guarded, { doorway, input }: Carried) =>
    s.host === undefined || doorway.isForwarded
      ? undefined
      : otherHostOf(s.documents, s.host, call.within, input)
  return {
    async call(name, call, carried) {
      const host = await otherHost(call, carried)
      if (!host) return undefined
      const { method, path, doorway } = carried
      const { caller } = doorway
      const body = name === 'upProject' ? await sendScripts(s, host, carried) : carried.body
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const answer = await s.peers.call(host, { method, path, caller, ...sent })
      // Whole before it is passed on: one that breaks off is told as such.
      const text = await answer.text()
      const isSeenFromHere = answer.ok && SEEN_FROM_HERE.has(name)
      return new Response(isSeenFromHere ? seenFromHere(s, host, text) : text, {
        status: answer.status,
        headers: { 'content-type': answer.headers.get('content-type') ?? 'application/json' },
      })
    },
    async stream(call, carried, signal) {
      const host = await otherHost(call, carried)
      if (!host) return undefined
      const { method, path, doorway } = carried
      const answer = await s.peers.call(host, { method, path, caller: doorway.caller, signal })
      if (!answer.ok || !answer.body) return answer
      return new Response(carriedEvents(answer.body), {
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
      })
    },
  }
}

/** Their replies name files of the daemon’s machine, and how a client connects. */
const SEEN_FROM_HERE: ReadonlySet<string> = new Set(['getConnection', 'getInstance'])

function seenFromHere(s: Services, host: HostDocument, text: string): string {
  try {
    const told = Object(JSON.parse(text)) as object
    // One authority vouches for all hosts.
    return JSON.stringify({ ...told, caFile: s.caFile, isElsewhere: true })
  } catch (cause) {
    throw new AppError('INTERNAL', `the host “${host.name}” gave an answer that is not JSON`, {
      cause,
    })
  }
}
