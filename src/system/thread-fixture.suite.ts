import { once } from 'node:events'
import { getPriority } from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import { AppError } from '../errors/app-error.ts'
import { onThread } from './thread.ts'

interface Asked {
  readonly text: string
  readonly end: 'answer' | 'disk-full' | 'throw' | 'wait' | 'exit' | 'busy'
}

/** Work for thread.test.ts: a thread needs a module that Node itself loads. */
export const echoOnThread = onThread(
  import.meta.url,
  async (
    { text, end }: Asked,
    { note, signal }: { note: (n: string) => void; signal: AbortSignal },
  ) => {
    note('begun')
    if (end === 'disk-full') throw new AppError('DISK_FULL', 'no room', { details: { path: text } })
    if (end === 'throw') throw new TypeError(text)
    if (end === 'exit') process.exit(3)
    if (end === 'wait') {
      await once(signal, 'abort')
      signal.throwIfAborted()
    }
    // Until it is held back.
    if (end === 'busy') while (getPriority() === 0) await turn()
    note('ending')
    return { process: process.pid, thread: threadId, answer: text, priority: getPriority() }
  },
)
