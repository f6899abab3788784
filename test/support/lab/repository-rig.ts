import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultBackupPolicy } from '../../../src/contract/backup-policy.ts'
import type { LineageDocument } from '../../../src/contract/documents/lineage.ts'
import type { Repository, RepositoryStorage } from '../../../src/contract/repository.ts'
import type { RepositoryAccess } from '../../../src/core/config/pgbackrest.ts'
import { createPgbackrestEngine } from '../../../src/backups/pgbackrest/pgbackrest-engine.ts'
import type { BackupEngine } from '../../../src/backups/backup-engine.ts'
import type { Backup } from '../../../src/contract/backup.ts'
import { AppError } from '../../../src/errors/app-error.ts'
import type { PgbackrestProgram } from '../../../src/system/tools/pgbackrest.ts'
import { restoreData } from '../../../src/system/tools/pgbackrest-restore.ts'
import { openArchivingHome, type RawServer } from './archiving-home.ts'
import { ACCOUNT, makeCertificates } from './object-stores.ts'
import { postgresFor } from './pgbackrest.ts'
import { until } from './until.ts'

export type RepositoryRig = Awaited<ReturnType<typeof openRepositoryRig>>

/** So long a store may be silent in a test: four tries of it are over soon. */
export const ANSWER_S = 2

/** A home with repositories of a test's own and an engine on them: `await using rig = await openRepositoryRig(program)`. */
export async function openRepositoryRig(program: PgbackrestProgram) {
  const home = await openArchivingHome(await postgresFor(program))
  const stores = join(home.home, 'stores')
  await mkdir(stores)
  await chmod(stores, 0o711)
  const tls = await makeCertificates(join(home.home, 'tls'))
  const known = new Map<string, RepositoryAccess>()
  const host = { program, account: home.account, answerS: ANSWER_S }
  const access = (name: string): Promise<RepositoryAccess> => {
    const found = known.get(name)
    return found
      ? Promise.resolve(found)
      : Promise.reject(new AppError('REPOSITORY_NOT_FOUND', `there is no repository “${name}”`))
  }
  const rig = {
    home,
    host,
    tls,
    access,

    /** A folder for a store of this test's own. */
    async folder(name: string): Promise<string> {
      await mkdir(join(stores, name))
      return join(stores, name)
    },

    /** Makes a repository known, or known with other keys. */
    know(
      name: string,
      of: Pick<RepositoryAccess, 'values'> & Partial<Repository> & { storage: RepositoryStorage },
    ) {
      const { values, ...more } = of
      const createdAt = '2026-01-02T03:04:05.000Z'
      const repository = { name, project: 'shop', asynchronous: false, createdAt, ...more }
      const made: RepositoryAccess = { repository, values }
      known.set(name, made)
      return made
    },

    /** An engine that knows these repositories, on a machine that keeps lineages in this folder of the home. */
    engine: (folder = 'lineages'): BackupEngine =>
      createPgbackrestEngine({
        ...host,
        repository: access,
        placeLineage: (id) => join(home.home, folder, id),
      }),

    lineage: (id: string, policy: { repository?: string; offsite?: string }): LineageDocument => {
      const plain = home.lineage('pgbackrest', id)
      return {
        ...plain,
        recipe: { ...plain.recipe, policy: { ...defaultBackupPolicy, ...policy } },
      }
    },

    /** A server that archives into a lineage, with a table `t`, and its lineage with what it said of itself. */
    async archiving(engine: BackupEngine, lineage: LineageDocument, name = 'original') {
      const server = home.server(name)
      await server.init(engine.archiving(lineage, home.engine))
      const found = { ...lineage, systemIdentifier: await server.systemIdentifier() }
      await engine.prepare(found, server.member)
      await server.start()
      await server.sql('create table t (n integer primary key)')
      return { server, lineage: found }
    },

    /** The rows of a server that is restored from a backup. */
    async rowsAfterRestore(
      engine: BackupEngine,
      lineage: LineageDocument,
      backup: Backup,
      target: Record<string, string> = {},
    ): Promise<string> {
      const copy = home.server(`restored${++restored}`)
      const source = await engine.source(lineage, backup, { durable: false })
      if (source.kind !== 'pgbackrest') throw new Error(`a ${source.kind} is no pgBackRest`)
      const signal = new AbortController().signal
      await restoreData(source, copy.data, { account: home.account, signal, onProgress: () => {} })
      await copy.recover(await engine.restoreCommand(lineage), target)
      try {
        return await rowsOf(copy)
      } finally {
        await copy.stop('SIGQUIT')
      }
    },

    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
  let restored = 0
  return rig
}

export const rowsOf = (server: RawServer): Promise<string> =>
  server.ask('select string_agg(n::text, $$,$$ order by n) from t')

/** Ends the segment that the server writes; gives its name when the archive has it. */
export async function switched(
  engine: BackupEngine,
  lineage: LineageDocument,
  server: RawServer,
): Promise<string> {
  const name = await server.ask('select pg_walfile_name(pg_switch_wal())')
  await until(`${name} to be archived`, async () => {
    const { ranges } = await engine.archive(lineage, server.member)
    return ranges.some(({ last }) => last >= name)
  })
  return name
}

/** How the two stores are reached, with the keys that they know. */
export const places = {
  s3: (port: number, caFile: string) => ({
    storage: {
      type: 's3',
      bucket: ACCOUNT.s3.bucket,
      path: '/howdah',
      endpoint: 'localhost',
      port,
      region: 'us-east-1',
      uriStyle: 'path',
      key: 'S3_KEY',
      secret: 'S3_SECRET',
      caFile,
    } as const,
    values: new Map<string, string>([
      ['S3_KEY', ACCOUNT.s3.key],
      ['S3_SECRET', ACCOUNT.s3.secret],
    ]),
  }),
  azure: (port: number, caFile: string, key: 0 | 1 = 0) => ({
    storage: {
      type: 'azure',
      account: ACCOUNT.azure.account,
      container: ACCOUNT.azure.container,
      path: '/howdah',
      endpoint: 'localhost',
      port,
      uriStyle: 'path',
      keyType: 'shared',
      key: 'AZURE_KEY',
      caFile,
    } as const,
    values: new Map<string, string>([['AZURE_KEY', ACCOUNT.azure.keys[key] ?? '']]),
  }),
}
