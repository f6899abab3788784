import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { backupEngineSuite, type EngineUnderTest } from '../../src/backups/backup-engine.suite.ts'
import { createPgbackrestEngine } from '../../src/backups/pgbackrest/pgbackrest-engine.ts'
import { pgbackrestFiles } from '../../src/core/config/pgbackrest.ts'
import { restoreData } from '../../src/system/tools/pgbackrest-restore.ts'
import { postgresFor, program } from '../support/lab/pgbackrest.ts'

const inFolder = (found: NonNullable<typeof program>): EngineUnderTest => ({
  kind: 'pgbackrest',
  open: ({ home, account }) =>
    createPgbackrestEngine({
      program: found,
      account,
      repository: () => Promise.reject(new Error('no repository is known')),
      placeLineage: (id) => join(home, 'lineages', id),
    }),
  async fill({ account }, source, directory) {
    if (source.kind !== 'pgbackrest') throw new Error(`a ${source.kind} is no pgBackRest`)
    const signal = new AbortController().signal
    await restoreData(source, directory, { account, signal, onProgress: () => {} })
  },
  async takeAway({ directory, id }, segment) {
    const archive = join(pgbackrestFiles(directory).repository, 'archive', id)
    const files = await readdir(archive, { recursive: true })
    const file = files.find((path) => path.includes(`${segment}-`)) ?? ''
    const away = join(directory, 'away')
    await rename(join(archive, file), away)
    return () => rename(away, join(archive, file))
  },
})

describe.skipIf(!program)('the pgBackRest engine in the lineage’s own folder', () => {
  if (program) {
    const found = program
    backupEngineSuite(() => postgresFor(found), inFolder(found))
  }
})
