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

/** The same items, with the first asked for at once: a stream of the daemon is else opened only when it is read. */
export function opened<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]()
  const first = iterator.next()
  // Where the items are read it is thrown again; until then it must not count as unhandled.
  first.catch(() => undefined)
  return {
    async *[Symbol.asyncIterator]() {
      for (let next = await first; !next.done; next = await iterator.next()) yield next.value
    },
  }
}
