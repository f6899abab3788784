import { expect, test } from 'vitest'
import type { MemberStatus } from '../../contract/documents/member.ts'
import { Report } from './report.ts'

const status = (pid: number): MemberStatus => ({
  format: 1,
  state: 'ready',
  memberRevision: 1,
  configGeneration: 1,
  restartGeneration: 1,
  pid,
  restarts: 0,
  failures: 0,
})

test('while a status is being written the next one is passed over, and may be told afterwards', async () => {
  const written: (number | undefined)[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  let freed = 0
  const writer = { write: async ({ pid }: MemberStatus) => void (await promise, written.push(pid)) }
  const report = new Report(writer, {
    free: () => void freed++,
    error: (error) => {
      throw error
    },
  })
  report.tell(status(1))
  report.tell(status(2))
  expect(written).toEqual([])
  resolve()
  await report.end()
  expect([written, freed]).toEqual([[1], 1])
  report.tell(status(3))
  await report.end()
  expect([written, freed]).toEqual([[1, 3], 1])
})

test('a status that could not be written is told of, and the next one is tried', async () => {
  const errors: unknown[] = []
  let fails = true
  const write = () => (fails ? Promise.reject(new Error('full')) : Promise.resolve())
  const report = new Report({ write }, { free: () => {}, error: (error) => errors.push(error) })
  report.tell(status(1))
  await report.end()
  fails = false
  report.tell(status(1))
  await report.end()
  expect(errors).toHaveLength(1)
})
