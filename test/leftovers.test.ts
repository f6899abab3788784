import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leftoversIn } from '../scripts/leftovers.ts'

const WAIT_FOR_END = ['-e', 'console.log("up"); process.stdin.resume()']

/** A Node process that says it is up and then lives until its input ends. */
async function spawnWaiting(args: string[], cwd?: string) {
  const child = spawn(process.execPath, [...WAIT_FOR_END, ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

test('a process that names the folder, or works in it, is a leftover until it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-left-'))
  try {
    const named = await spawnWaiting([join(folder, 'data')])
    const found = await leftoversIn(folder, 0)
    expect(found.map((p) => p.pid)).toEqual([named.pid])
    expect(found[0]?.args).toContain(folder)
    const working = await spawnWaiting([], folder)
    const pids = (await leftoversIn(folder, 0)).map((p) => p.pid)
    expect(pids).toContain(named.pid)
    if (process.platform === 'linux') expect(pids).toContain(working.pid)

    const ended = Promise.all([once(named, 'exit'), once(working, 'exit')])
    named.stdin.end()
    working.stdin.end()
    await ended
    expect(await leftoversIn(folder, 5000)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
