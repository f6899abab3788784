import { setImmediate as turn } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { AppError, type ErrorBody } from '../errors/app-error.ts'
import { startWorkProcess, workOfThisProcess } from './work-process.ts'

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
  /** In a process of its own, which gets only the processor and the disk that others leave, and ends with us. */
  readonly background?: boolean
}

/** Runs the work with this input. */
type OnThread<In, Out, Note> = (input: In, options?: ThreadOptions<Note>) => Promise<Out>

/** What a thread is started with. */
interface Order {
  readonly work: string
  readonly input: unknown
}

type Message =
  | { readonly kind: 'note'; readonly note: unknown }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly body: ErrorBody | undefined; readonly error: unknown }

/** The asker's end of where work runs. */
export interface Workplace {
  send(message: unknown): void
  onMessage(take: (message: unknown) => void): void
  /** When it ended by itself, or could not begin. After all of its messages. */
  onEnd(take: (error: Error) => void): void
  end(): Promise<void>
}

/** The work's end of it. */
export interface Asker {
  send(message: Message): void
  onAbort(take: () => void): void
}

/**
 * Makes a module's work one that runs on a thread of its own, for what would hold up the event loop: the module exports what this
 * gives, and `module` is its `import.meta.url`. Input, notes and result are copied (structured clone). An AppError arrives as one;
 * an abort throws the signal's reason, when the work has ended.
 */
export function onThread<In, Out, Note = never>(
  module: string,
  work: (input: In, tools: ThreadTools<Note>) => Promise<Out>,
): OnThread<In, Out, Note> {
  const run = (input: unknown, asker: Asker): void => {
    // Not now: what the work uses may be declared further down in its module, which is still being evaluated.
    setImmediate(() => void serve(asker, (tools) => work(input as In, tools)))
  }
  const order = workerData as Order | undefined
  // In a thread, this module is the one that it was started with, or is imported by it.
  if (!isMainThread && order?.work === module) run(order.input, askerOfThread)
  if (isMainThread) workOfThisProcess(module, run)
  return async (input, { signal, onNote, background = false } = {}) => {
    signal?.throwIfAborted()
    const place = background ? startWorkProcess(module, input) : startThread(module, input)
    const abort = (): void => place.send('abort')
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await outcome<Out, Note>(place, onNote)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      await place.end()
    }
  }
}

function startThread(module: string, input: unknown): Workplace {
  const worker = new Worker(new URL(module), {
    workerData: { work: module, input } satisfies Order,
  })
  return {
    send: (message) => worker.postMessage(message, []),
    onMessage: (take) => void worker.on('message', take),
    onEnd: (take) => {
      worker.on('error', take)
      // After the others in every case; then it has no effect.
      worker.on('exit', (code) => take(new AppError('INTERNAL', `a thread ended with ${code}`)))
    },
    end: async () => void (await worker.terminate()),
  }
}

const askerOfThread: Asker = {
  send: (message) => parentPort?.postMessage(message, []),
  onAbort: (take) => parentPort?.once('message', take),
}

function outcome<Out, Note>(place: Workplace, onNote: ThreadOptions<Note>['onNote']): Promise<Out> {
  return new Promise((resolve, reject) => {
    place.onMessage((given) => {
      const message = given as Message
      if (message.kind === 'note') onNote?.(message.note as Note)
      else if (message.kind === 'done') resolve(message.result as Out)
      else reject(message.body ? AppError.fromBody(message.body) : message.error)
    })
    place.onEnd(reject)
  })
}

async function serve(asker: Asker, work: (tools: ThreadTools<unknown>) => Promise<unknown>) {
  const stop = new AbortController()
  asker.onAbort(() => stop.abort())
  // What the module declares below its work is not there before it was read to its end.
  await turn()
  try {
    const note = (note: unknown): void => asker.send({ kind: 'note', note })
    asker.send({ kind: 'done', result: await work({ signal: stop.signal, note }) })
  } catch (error) {
    const body = error instanceof AppError ? error.toJSON() : undefined
    asker.send({ kind: 'failed', body, error })
  }
}
