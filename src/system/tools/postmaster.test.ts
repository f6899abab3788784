import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { endianness, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeTree } from '../files.ts'
import { dataDirectoryVersion } from './initdb.ts'
import { parsePostmasterFile, readControlFile, readPostmasterFile } from './postmaster.ts'

async function dataDirectory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-postmaster-'))
  onTestFinished(() => removeTree(folder))
  await mkdir(join(folder, 'global'))
  return folder
}

test('a ready server’s file is read whole', () => {
  const text = '4242\n/data\n1760000000\n5432\n/run/x\n127.0.0.9\n 12345 67890\nready   \n'
  expect(parsePostmasterFile(text)).toEqual({
    pid: 4242,
    dataDirectory: '/data',
    startEpoch: 1760000000,
    port: 5432,
    socketDirectory: '/run/x',
    listenAddress: '127.0.0.9',
    status: 'ready',
  })
})

test('a server that is just starting has said only a part', () => {
  const start = '4242\n/data\n1760000000\n5432\n'
  expect(parsePostmasterFile(start)).toEqual({
    pid: 4242,
    dataDirectory: '/data',
    startEpoch: 1760000000,
    port: 5432,
  })
  expect(parsePostmasterFile(`${start}\n\n 1 2\nstarting\n`)?.status).toBe('starting')
  expect(parsePostmasterFile('')).toBeUndefined()
  expect(parsePostmasterFile('42')).toBeUndefined()
})

test('a single-user server’s pid is its pid', () => {
  expect(parsePostmasterFile('-4242\n/data\n1760000000\n')?.pid).toBe(4242)
})

test('an empty folder has no server, version or identity', async () => {
  const folder = await dataDirectory()
  expect(await readPostmasterFile(folder)).toBeUndefined()
  expect(await readControlFile(folder)).toBeUndefined()
  expect(await dataDirectoryVersion(folder)).toBeUndefined()
})

test('the system identifier is read as an unsigned number, with the state', async () => {
  const folder = await dataDirectory()
  const head = Buffer.alloc(8192)
  const little = endianness() === 'LE'
  if (little) head.writeBigUInt64LE(0xfedcba9876543210n, 0)
  else head.writeBigUInt64BE(0xfedcba9876543210n, 0)
  if (little) head.writeInt32LE(6, 16)
  else head.writeInt32BE(6, 16)
  await writeFile(join(folder, 'global', 'pg_control'), head)
  expect(await readControlFile(folder)).toEqual({
    systemIdentifier: '18364758544493064720',
    state: 'in production',
  })
})

test('a cut or foreign control file is refused', async () => {
  const folder = await dataDirectory()
  for (const content of [Buffer.alloc(7), Buffer.alloc(64, 0xff)]) {
    await writeFile(join(folder, 'global', 'pg_control'), content)
    await expect(readControlFile(folder)).rejects.toMatchObject({ code: 'DATA_DIRECTORY_FOREIGN' })
  }
})
