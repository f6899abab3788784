import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { canReflink } from './copy-file.ts'
import { freeBytes } from './disk.ts'
import { expectRoomForCopy } from './room.ts'

test('a copy that leaves others no room is refused with both numbers, unless it shares its blocks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-room-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await expectRoomForCopy(folder, folder, 1000)
  const tooMuch = () => expectRoomForCopy(folder, folder, freeBytes(folder))
  if (await canReflink(folder)) return await tooMuch()
  await expect(tooMuch()).rejects.toMatchObject({
    code: 'DISK_FULL',
    details: { path: folder, neededBytes: expect.any(Number), freeBytes: expect.any(Number) },
  })
})
