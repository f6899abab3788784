import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { aptUser, untilAptIsFree } from './apt-locks.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'howdah-test-locks-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const quiet = { signal: new AbortController().signal, report: () => {} }
const upgrade = { pid: 812, name: 'unattended-upgr' }

test.runIf(process.platform === 'linux')(
  'who has a lock open is found, by the file and not by its name',
  async () => {
    const lock = join(folder, 'lock')
    const other = join(folder, 'other')
    for (const path of [lock, other]) writeFileSync(path, '')
    expect(aptUser([lock])).toBeUndefined()
    const script = `exec 9>'${lock}'; echo open; read x`
    const holder = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    expect(aptUser([other])).toBeUndefined()
    expect(aptUser([other, lock])).toMatchObject({ pid: holder.pid })
    expect(aptUser([join(folder, 'none')])).toBeUndefined()
    holder.stdin.end()
    await once(holder, 'close')
    expect(aptUser([lock])).toBeUndefined()
  },
)

test('it waits until nobody uses apt, and says for whom once', async () => {
  const told: string[] = []
  const holders = [upgrade, upgrade, undefined]
  const watch = { ...quiet, report: (progress: string) => void told.push(progress) }
  await untilAptIsFree(watch, 60_000, () => holders.shift())
  expect(told).toEqual(['waits for unattended-upgr (pid 812), which uses apt'])
})

test('when its patience ends it says who has apt', async () => {
  const waiting = untilAptIsFree(quiet, 0, () => upgrade)
  await expect(waiting).rejects.toMatchObject({
    code: 'PACKAGES_FAILED',
    details: { pid: 812, program: 'unattended-upgr' },
  })
})

test('a cancelled operation does not wait on', async () => {
  const stop = new AbortController()
  const report = (): void => stop.abort(new AppError('OPERATION_CANCELLED', 'stopped'))
  const waiting = untilAptIsFree({ signal: stop.signal, report }, 60_000, () => upgrade)
  await expect(waiting).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' })
})
