import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe } from 'vitest'
import { backupEngineSuite, type EngineUnderTest } from '../../src/backups/backup-engine.suite.ts'
import { createCopyEngine } from '../../src/backups/copy/copy-engine.ts'
import { cloneTree } from '../../src/system/clone-tree.ts'
import { engineOf, NEWER } from '../support/lab/engines.ts'

const copy: EngineUnderTest = {
  kind: 'copy',
  open: createCopyEngine,
  async fill(_, source, directory) {
    if (source.kind !== 'copy') throw new Error(`a source of the kind ${source.kind}`)
    await mkdir(dirname(directory), { recursive: true })
    await cloneTree(source.directory, directory, { sync: source.durable })
  },
  async takeAway({ directory }, segment) {
    const path = join(directory, 'wal', segment.slice(0, 8), `${segment}.zst`)
    const away = join(directory, 'away')
    await rename(path, away)
    return () => rename(away, path)
  },
}

describe('the copy engine, which archives by Postgres’s own library', () => {
  backupEngineSuite(() => engineOf(NEWER), copy)
})

describe('the copy engine on a server that archives by a command', () => {
  const withoutLibrary = async () => ({ ...(await engineOf(NEWER)), features: [] })
  backupEngineSuite(withoutLibrary, copy)
})
