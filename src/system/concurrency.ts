/**
 * Runs `work` on every item, at most `limit` at a time, and is done when all have ended. After the first failure no further
 * item is begun, and that failure is thrown when those under way have ended too.
 */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  let failed = false
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (failed) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: limit }, lane))
  const failure = lanes.find((lane) => lane.status === 'rejected')
  if (failure) throw failure.reason
}
