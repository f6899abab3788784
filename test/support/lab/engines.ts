import { join } from 'node:path'
import type { Engine } from '../../../src/contract/engine.ts'
import { createEngines, type Engines } from '../../../src/engines/engines.ts'
import { serverAccount } from '../../../src/system/account.ts'
import { runFolder } from './run-folder.ts'

/** Two minors of one major, so that tests have a minor upgrade and know what they run on. */
export const OLDER = { major: 16, minor: 13 } as const
export const NEWER = { major: 16, minor: 14 } as const

/** A folder that homes link their `engines` to: fetched by the first who asks, others who ask meanwhile find the same. */
export async function warmEngines(): Promise<string> {
  const engines = runEngines()
  for (const version of [OLDER, NEWER]) await engines.ensure(version)
  return enginesDirectory()
}

/** One of the run's engines, for tests that start its programs themselves. */
export const engineOf = (version: { major: number; minor: number }): Promise<Engine> =>
  runEngines().ensure(version)

const enginesDirectory = (): string => join(runFolder(), 'engines')

const runEngines = (): Engines =>
  createEngines({
    enginesDirectory: enginesDirectory(),
    account: serverAccount(),
    log: { warn: () => undefined },
  })
