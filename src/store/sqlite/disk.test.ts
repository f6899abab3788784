import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'howdah-disk-'))
const disk = join(folder, 'disk')
mkdirSync(disk)
/** Only root may mount, and not in every container. */
const mounted = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs')
const reason = mounted ? '' : ' (skipped: needs root and the right to mount)'

afterAll(() => {
  if (mounted) execFileSync('umount', [disk])
  rmSync(folder, { recursive: true, force: true })
})

function mount(...args: string[]): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', [...args, disk], { stdio: 'ignore' })
    return true
  } catch {
    return false // a container without the right to; the tests below say that they are skipped
  }
}

/** The code of what `act` throws; `fine` when it throws nothing. */
async function codeOf(act: () => unknown): Promise<string> {
  try {
    await act()
    return 'fine'
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`
  }
}

test('a folder that is not there, or a folder in the place of the file, is HOME_UNUSABLE', async () => {
  const missing = join(folder, 'none', 'state.db')
  expect(await codeOf(() => openSqliteStore(missing))).toBe('HOME_UNUSABLE')
  mkdirSync(join(folder, 'state.db'))
  expect(await codeOf(() => openSqliteStore(join(folder, 'state.db')))).toBe('HOME_UNUSABLE')
})

test.skipIf(!mounted)(
  `a full disk is DISK_FULL for writes and leases, what is there stays readable, and room mends it${reason}`,
  async () => {
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(300_000))
    const store = openSqliteStore(join(disk, 'full.db'))
    const write = async (n: number) =>
      store.write([
        { kind: 'put', key: `left/${n}`, value: 'x'.repeat(20_000) },
        { kind: 'put', key: `right/${n}`, value: 'x'.repeat(20_000) },
      ])
    let n = 0
    while ((await codeOf(() => write(n))) === 'fine') n++
    expect(await codeOf(() => write(n))).toBe('DISK_FULL')
    while ((await codeOf(() => store.grantLease(60_000))) === 'fine') continue
    expect(await codeOf(() => store.grantLease(60_000))).toBe('DISK_FULL')
    expect(await store.list('left/')).toHaveLength(n)
    expect(await store.list('right/')).toHaveLength(n)
    rmSync(ballast)
    await write(n)
    expect(await store.list('right/')).toHaveLength(n + 1)
    await store.close()
    rmSync(join(disk, 'full.db'))
  },
)

test.skipIf(!mounted)(
  `a file on a disk that may only be read is HOME_UNUSABLE${reason}`,
  async () => {
    const path = join(disk, 'state.db')
    const store = openSqliteStore(path)
    await store.write([{ kind: 'put', key: 'a', value: 1 }])
    await store.close()
    mount('-o', 'remount,ro')
    const code = await codeOf(() => openSqliteStore(path))
    mount('-o', 'remount,rw')
    expect(code).toBe('HOME_UNUSABLE')
  },
)

test.skipIf(process.getuid?.() === 0)(
  'a file that we may read and not write is HOME_UNUSABLE (skipped as root, who may write anything)',
  async () => {
    const path = join(folder, 'read-only.db')
    await openSqliteStore(path).close()
    chmodSync(path, 0o444)
    expect(await codeOf(() => openSqliteStore(path))).toBe('HOME_UNUSABLE')
  },
)
