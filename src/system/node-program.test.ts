import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { findAccount } from './account.ts'
import { placeNodeProgram } from './node-program.ts'
import { run } from './run.ts'

const realNode = process.execPath
const isRoot = process.geteuid?.() === 0
afterEach(() => vi.restoreAllMocks())

function folders() {
  const top = mkdtempSync(join(tmpdir(), 'howdah-test-node-'))
  onTestFinished(() => rmSync(top, { recursive: true }))
  chmodSync(top, 0o755)
  const directory = join(top, 'run')
  mkdirSync(directory, { mode: 0o711 })
  return { top, directory }
}

/** The program’s own word for arguments that are none. */
async function isWorking(
  placed: { node: string; program: string },
  account = findAccount('nobody'),
) {
  const as = isRoot ? { account } : {}
  const { exitCode, stderr } = await run(placed.node, [placed.program], { ...as, cwd: '/' })
  return exitCode === 255 && stderr.includes('cannot go on with recovery')
}

test('a program is put where it runs, and put right when it is not as it was', async () => {
  const { directory } = folders()
  const placed = await placeNodeProgram('wal-fetch', directory, undefined)
  expect(placed.node).toBe(process.execPath)
  expect(statSync(placed.program).mode & 0o777).toBe(0o644)
  expect(await isWorking(placed)).toBe(true)
  writeFileSync(placed.program, 'broken')
  expect(await placeNodeProgram('wal-fetch', directory, undefined)).toEqual(placed)
  expect(await isWorking(placed)).toBe(true)
  expect(readdirSync(directory)).toHaveLength(1)
})

test.runIf(isRoot)(
  'a node that the account cannot reach is put beside the program, once',
  async () => {
    const { top, directory } = folders()
    const closed = join(top, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const own = join(closed, 'node')
    copyFileSync(realNode, own)
    vi.spyOn(process, 'execPath', 'get').mockReturnValue(own)
    const account = findAccount('nobody')
    const placed = await placeNodeProgram('wal-fetch', directory, account)
    expect(placed.node).toBe(join(directory, 'node'))
    expect(await isWorking(placed)).toBe(true)
    const { ino } = statSync(placed.node)
    await placeNodeProgram('wal-fetch', directory, account)
    expect(statSync(placed.node).ino).toBe(ino)
    // Another version of Node has come.
    rmSync(own)
    copyFileSync(process.execPath === own ? '/bin/true' : process.execPath, own)
    await expect(placeNodeProgram('wal-fetch', directory, account)).rejects.toMatchObject({
      code: 'HOME_UNUSABLE',
    })
  },
)

test.runIf(isRoot)('a folder that is closed to the account is an error that says so', async () => {
  const { top } = folders()
  const closed = join(top, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  vi.spyOn(process, 'execPath', 'get').mockReturnValue(join(closed, 'node'))
  copyFileSync(
    process.argv0.startsWith('/') ? process.argv0 : '/proc/self/exe',
    join(closed, 'node'),
  )
  await expect(placeNodeProgram('wal-fetch', closed, findAccount('nobody'))).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
    details: { account: 'nobody' },
  })
})
