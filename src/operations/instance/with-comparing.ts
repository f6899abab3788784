import type { Watch } from '../../drivers/driver.ts'

/**
 * Does the work and the comparing at once, and is done when both are. The first failure ends the other, and is thrown. The comparing has the
 * word only when the work is done.
 */
export async function withComparing(
  { signal, report }: Watch,
  compare: ((watch: Watch) => Promise<void>) | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const both = AbortSignal.any([signal, failed.signal])
  let isDone = false
  const endBoth = (error: unknown): void => failed.abort(error)
  const tell = (text: string): void => {
    if (isDone) report(text)
  }
  const working = work(both).then(() => {
    isDone = true
  })
  await Promise.all([
    working.catch(endBoth),
    compare?.({ signal: both, report: tell }).catch(endBoth),
  ])
  signal.throwIfAborted()
  failed.signal.throwIfAborted()
}
