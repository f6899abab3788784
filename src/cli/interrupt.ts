/** A signal that the first Ctrl-C (or SIGTERM) aborts, for reading that goes on until it is stopped. */
export function stoppable(): AbortController {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  return controller
}

/** The items of a stream until it ends or the signal aborts; being stopped is a normal end. */
export async function* untilStopped<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncIterable<T> {
  try {
    yield* items
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
