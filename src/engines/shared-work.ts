import { abortError } from '../system/run.ts'

interface Caller {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((line: string) => void) | undefined
}

interface Job<T> {
  readonly result: Promise<T>
  readonly stop: AbortController
  readonly callers: Set<Caller>
}

export type Work<T> = (context: {
  readonly signal: AbortSignal
  readonly report: (line: string) => void
}) => Promise<T>

/**
 * Lets callers that want the same thing at the same time share one piece of work. Each hears its progress. A caller that aborts
 * leaves at once; the work itself is aborted when nobody is left who wants it, and then the last caller waits for its end.
 */
export function createSharedWork<T>() {
  const jobs = new Map<string, Job<T>>()

  function start(key: string, work: Work<T>): Job<T> {
    const stop = new AbortController()
    const callers = new Set<Caller>()
    const report = (line: string): void => callers.forEach((caller) => caller.onProgress?.(line))
    const result = work({ signal: stop.signal, report }).finally(() => {
      if (jobs.get(key) === job) jobs.delete(key)
    })
    const job = { result, stop, callers }
    jobs.set(key, job)
    return job
  }

  return async (key: string, caller: Caller, work: Work<T>): Promise<T> => {
    if (caller.signal?.aborted) throw abortError(caller.signal, key)
    const running = jobs.get(key)
    const job = running && !running.stop.signal.aborted ? running : start(key, work)
    job.callers.add(caller)
    const left = Promise.withResolvers<never>()
    const leave = (): void => {
      job.callers.delete(caller)
      if (!caller.signal) return
      if (job.callers.size === 0) job.stop.abort(caller.signal.reason)
      else left.reject(abortError(caller.signal, key))
    }
    caller.signal?.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([job.result, left.promise])
    } finally {
      caller.signal?.removeEventListener('abort', leave)
    }
  }
}
