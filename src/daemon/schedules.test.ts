import { expect, onTestFinished, test, vi } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { openScheduledHome, procedures } from './scheduled-home.suite.ts'
import { keepSchedules } from './schedules.ts'

/** Schedules that are kept until the test is over. */
function keep({ d }: ReturnType<typeof openScheduledHome>) {
  const stop = new AbortController()
  const errors: unknown[] = []
  const kept = keepSchedules(d, procedures, stop.signal, (error) => errors.push(error))
  const end = async (): Promise<void> => {
    stop.abort()
    await kept
  }
  onTestFinished(end)
  return { errors, end }
}

const kinds = async (home: ReturnType<typeof openScheduledHome>): Promise<string[]> =>
  (await home.live()).map(([kind]) => kind)

test('what changes is acted on: a new instance, the end of an operation', async () => {
  const home = openScheduledHome()
  const { errors, end } = keep(home)
  await home.addInstance('db')
  await expect.poll(() => kinds(home), { timeout: 10_000 }).toEqual(['backup-create'])
  await home.addBackup('db', 0)
  await home.endAll('done')
  await expect.poll(() => kinds(home), { timeout: 10_000 }).toEqual(['drill'])
  await end()
  expect(errors).toEqual([])
})

test('a store that fails is told of and asked again', async () => {
  const home = openScheduledHome()
  const failure = new AppError('DISK_FULL', 'no room')
  vi.spyOn(home.docs.lineages, 'list').mockRejectedValueOnce(failure)
  const { errors } = keep(home)
  await home.addInstance('db')
  await expect.poll(() => kinds(home), { timeout: 10_000 }).toEqual(['backup-create'])
  expect(errors).toEqual([failure])
})

test('it ends at once when it is told to', async () => {
  const { end } = keep(openScheduledHome())
  await end()
})
