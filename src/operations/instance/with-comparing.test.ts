import { expect, test } from 'vitest'
import { withComparing } from './with-comparing.ts'

const watch = (said: string[] = [], signal = new AbortController().signal) => ({
  signal,
  report: (text: string) => void said.push(text),
})

/** Ends only when it is told to. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

test('what is damaged ends the work, and is what is told', async () => {
  const damage = new Error('damaged')
  const working = withComparing(watch(), () => Promise.reject(damage), untilAborted)
  await expect(working).rejects.toBe(damage)
})

test('work that fails ends the comparing, and is what is told', async () => {
  const failure = new Error('did not start')
  const working = withComparing(
    watch(),
    ({ signal }) => untilAborted(signal),
    () => Promise.reject(failure),
  )
  await expect(working).rejects.toBe(failure)
})

test('it is done when both are, and the comparing speaks only when the work is done', async () => {
  const said: string[] = []
  const worked = Promise.withResolvers<void>()
  const compared = Promise.withResolvers<void>()
  let isDone = false
  const both = withComparing(
    watch(said),
    async ({ report }) => {
      report('early')
      await worked.promise
      await compared.promise
      report('late')
    },
    () => worked.promise,
  ).then(() => (isDone = true))
  worked.resolve()
  await worked.promise
  expect(isDone).toBe(false)
  compared.resolve()
  await both
  expect(said).toEqual(['late'])
})

test('an abort from outside is told as such', async () => {
  const outside = new AbortController()
  const both = withComparing(
    watch([], outside.signal),
    ({ signal }) => untilAborted(signal),
    untilAborted,
  )
  outside.abort()
  await expect(both).rejects.toMatchObject({ name: 'AbortError' })
})
