/** Waits until all parts have ended; one that fails ends the others by `stop`. Throws the first failure, after all. */
export async function untilAllEnded(
  parts: readonly Promise<void>[],
  stop: AbortController,
): Promise<void> {
  const failures: unknown[] = []
  const endOthers = (error: unknown): void => {
    failures.push(error)
    stop.abort()
  }
  await Promise.all(parts.map((part) => part.catch(endOthers)))
  if (failures.length > 0) throw failures[0]
}
