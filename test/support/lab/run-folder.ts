import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leftoversIn } from '../../../scripts/leftovers.ts'
import { killHard } from './machine.ts'

const FOLDER = 'HOWDAH_TEST_FOLDER'

/** Called by vitest once for a run of the e2e project: the folder that holds every home of the run and their engines. */
export async function setup(): Promise<void> {
  // /tmp on macOS, because a Unix socket's path may have 103 bytes there.
  const folder = await mkdtemp(join(process.platform === 'darwin' ? '/tmp' : tmpdir(), 'hr-'))
  await chmod(folder, 0o755)
  process.env[FOLDER] = folder
}

/** A test that ran out of time was ended without its clean-up, so what it started ends here, and is told. */
export async function teardown(): Promise<void> {
  const folder = runFolder()
  const left = await leftoversIn(folder, 0)
  for (const { pid } of left) killHard(pid)
  await leftoversIn(folder, 10_000)
  await rm(folder, { recursive: true, force: true })
  if (left.length === 0) return
  throw new Error(`left running:\n${left.map(({ pid, args }) => `${pid} ${args}`).join('\n')}`)
}

/** The folder of this run. */
export function runFolder(): string {
  const folder = process.env[FOLDER]
  if (folder) return folder
  throw new Error('vitest’s e2e project makes the folder of a run; run tests with it')
}
