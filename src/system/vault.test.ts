import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { removeTree } from './files.ts'
import { openVault } from './vault.ts'

async function keyPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-vault-'))
  onTestFinished(() => removeTree(folder))
  return join(folder, 'key')
}

const refusal = { code: 'CONFIG_KEY_UNREADABLE' }
const name = 'config/shop/TOKEN'

test('what was sealed opens again, also after the vault was closed, and is not to be seen', async () => {
  const path = await keyPath()
  const vault = await openVault(path, { create: true })
  for (const value of ['sesame', '', 'ü 😀\n', 'x'.repeat(100_000)]) {
    const sealed = vault.seal(name, value)
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/)
    expect(sealed).not.toContain('sesame')
    const again = await openVault(path, { create: false })
    expect(again.open(name, sealed)).toBe(value)
  }
  expect(vault.seal(name, 'sesame')).not.toBe(vault.seal(name, 'sesame'))
})

test('the key file is private, holds 32 bytes, and is never replaced', async () => {
  const path = await keyPath()
  await Promise.all(Array.from({ length: 5 }, () => openVault(path, { create: true })))
  const key = await readFile(path, 'utf8')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(Buffer.from(key, 'base64')).toHaveLength(32)
  await openVault(path, { create: true })
  expect(await readFile(path, 'utf8')).toBe(key)
  expect(await readdir(join(path, '..'))).toEqual(['key'])
})

test('all who create the key at once can read what the others sealed', async () => {
  const path = await keyPath()
  const vaults = await Promise.all(
    Array.from({ length: 5 }, () => openVault(path, { create: true })),
  )
  const sealed = vaults.map((vault) => vault.seal(name, 'sesame'))
  for (const vault of vaults) {
    for (const value of sealed) expect(vault.open(name, value)).toBe('sesame')
  }
})

test('a value that was moved to another name or changed anywhere is refused by its name', async () => {
  const vault = await openVault(await keyPath(), { create: true })
  const sealed = vault.seal(name, 'sesame')
  expect(() => vault.open('config/other/TOKEN', sealed)).toThrow(AppError)
  for (let index = 0; index < sealed.length; index++) {
    const changed =
      sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1)
    // The last character of base64 can hold bits that mean nothing.
    if (
      Buffer.from(changed.split('.')[3] ?? '', 'base64url').equals(
        Buffer.from(sealed.split('.')[3] ?? '', 'base64url'),
      ) &&
      index > 24
    )
      continue
    expect(() => vault.open(name, changed)).toThrow(expect.objectContaining(refusal))
  }
  for (const text of ['', 'v1', 'sesame', `v2${sealed.slice(2)}`]) {
    expect(() => vault.open(name, text)).toThrow(/config\/shop\/TOKEN/)
  }
})

test('a value of another key is refused, and the keys are named by their ids', async () => {
  const one = await openVault(await keyPath(), { create: true })
  const two = await openVault(await keyPath(), { create: true })
  expect(() => two.open(name, one.seal(name, 'sesame'))).toThrow(/another key/)
})

test('a missing key is not made up when values depend on it', async () => {
  await expect(openVault(await keyPath(), { create: false })).rejects.toMatchObject(refusal)
})

test('a malformed key, and one that others could read, are refused', async () => {
  const path = await keyPath()
  await writeFile(path, 'too short\n', { mode: 0o600 })
  await expect(openVault(path, { create: true })).rejects.toMatchObject(refusal)
  await writeFile(path, `${Buffer.alloc(32, 7).toString('base64')}\n`)
  await openVault(path, { create: false })
  await chmod(path, 0o640)
  await expect(openVault(path, { create: false })).rejects.toMatchObject({
    ...refusal,
    hint: expect.stringContaining(`chmod 600 ${path}`),
  })
})

test('a fingerprint changes with the value and the name, and is the same again', async () => {
  const vault = await openVault(await keyPath(), { create: true })
  const print = vault.fingerprint(name, 'sesame')
  expect(vault.fingerprint(name, 'sesame')).toBe(print)
  expect(vault.fingerprint(name, 'Sesame')).not.toBe(print)
  expect(vault.fingerprint('config/shop/OTHER', 'sesame')).not.toBe(print)
  expect(vault.fingerprint(`${name}s`, 'esame')).not.toBe(print)
  expect(print).not.toContain('sesame')
})
