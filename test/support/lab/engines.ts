import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngines } from '../../../src/engines/engines.ts'
import { serverAccount } from '../../../src/system/account.ts'

/** Two minors of one major, neither the newest of its day for long: tests pin what they run on. */
export const OLDER = { major: 16, minor: 13 } as const
export const NEWER = { major: 16, minor: 14 } as const

const FOLDER = 'HOWDAH_TEST_ENGINES'

/** Called by vitest once for a run: a folder that the homes of all tests link their `engines` to. */
export async function setup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hte-'))
  await chmod(folder, 0o755)
  process.env[FOLDER] = folder
}

export async function teardown(): Promise<void> {
  const folder = process.env[FOLDER]
  if (folder) await rm(folder, { recursive: true })
}

/** The run's engines, fetched by the first who asks; others who ask meanwhile find the same. */
export async function warmEngines(): Promise<string> {
  const folder = process.env[FOLDER]
  if (!folder) throw new Error('vitest’s e2e project sets up the engines of a run')
  const engines = createEngines({
    enginesDirectory: folder,
    account: serverAccount(),
    log: { warn: () => undefined },
  })
  for (const version of [OLDER, NEWER]) await engines.ensure(version)
  return folder
}

/** Where an engine's programs are. */
export async function binDirectoryOf(version: { major: number; minor: number }): Promise<string> {
  const enginesDirectory = await warmEngines()
  const engines = createEngines({
    enginesDirectory,
    account: serverAccount(),
    log: { warn: () => undefined },
  })
  return (await engines.ensure(version)).binDirectory
}
