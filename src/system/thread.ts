import { setPriority } from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { AppError, type ErrorBody } from '../errors/app-error.ts'

/** What work on a thread may use of the one that asked for it. */
export interface ThreadTools<Note> {
  /** Aborts when the asker's does. */
  readonly signal: AbortSignal
  readonly note: (note: Note) => void
}

export interface ThreadOptions<Note> {
  readonly signal?: AbortSignal | undefined
  /** Gets what the work notes, in order. */
  readonly onNote?: (note: Note) => void
  /** It may only use the processor that others leave. On Linux, where threads have a priority of their own. */
  readonly background?: boolean
}

/** Runs the work with this input. */
type OnThread<In, Out, Note> = (input: In, options?: ThreadOptions<Note>) => Promise<Out>

/** What a thread is started with. */
interface Order {
  readonly work: string
  readonly input: unknown
  readonly background: boolean
}

type Message =
  | { readonly kind: 'note'; readonly note: unknown }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly body: ErrorBody | undefined; readonly error: unknown }

/** The nice value of work in the background: the weakest. */
const leastPriority = 19

/**
 * Makes a module's work one that runs on a thread of its own, for what would hold up the event loop: the module exports what this
 * gives, and `module` is its `import.meta.url`. Input, notes and result are copied (structured clone). An AppError arrives as one;
 * an abort throws the signal's reason, when the work has ended.
 */
export function onThread<In, Out, Note = never>(
  module: string,
  work: (input: In, tools: ThreadTools<Note>) => Promise<Out>,
): OnThread<In, Out, Note> {
  const order = workerData as Order | undefined
  // In a thread, this module is the one that it was started with, or is imported by it.
  if (!isMainThread && order?.work === module) {
    // Not now: what the work uses may be declared further down in its module, which is still being evaluated.
    setImmediate(() => void serve(order, (tools) => work(order.input as In, tools)))
  }
  return async (input, { signal, onNote, background = false } = {}) => {
    signal?.throwIfAborted()
    const worker = new Worker(new URL(module), {
      workerData: { work: module, input, background } satisfies Order,
    })
    const abort = (): void => worker.postMessage('abort', [])
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await outcome<Out, Note>(worker, onNote)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      await worker.terminate()
    }
  }
}

function outcome<Out, Note>(worker: Worker, onNote: ThreadOptions<Note>['onNote']): Promise<Out> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if (message.kind === 'note') onNote?.(message.note as Note)
      else if (message.kind === 'done') resolve(message.result as Out)
      else reject(message.body ? AppError.fromBody(message.body) : message.error)
    })
    worker.on('error', reject)
    // After the others in every case; then it has no effect.
    worker.on('exit', (code) => reject(new AppError('INTERNAL', `a thread ended with ${code}`)))
  })
}

async function serve(order: Order, work: (tools: ThreadTools<unknown>) => Promise<unknown>) {
  const say = (message: Message): void => parentPort?.postMessage(message, [])
  const stop = new AbortController()
  parentPort?.once('message', () => stop.abort())
  if (order.background && process.platform === 'linux') setPriority(leastPriority)
  // What the module declares below its work is not there before it was read to its end.
  await turn()
  try {
    const note = (note: unknown): void => say({ kind: 'note', note })
    say({ kind: 'done', result: await work({ signal: stop.signal, note }) })
  } catch (error) {
    const body = error instanceof AppError ? error.toJSON() : undefined
    say({ kind: 'failed', body, error })
  }
}
