import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createCopyEngine } from '../../../src/backups/copy/copy-engine.ts'
import type { Archive, Backup } from '../../../src/contract/backup.ts'
import type { LineageDocument } from '../../../src/contract/documents/lineage.ts'
import type { Engine } from '../../../src/contract/engine.ts'
import { cloneTree } from '../../../src/system/clone-tree.ts'
import { openArchivingHome, type RawServer } from './archiving-home.ts'
import { engineOf, NEWER } from './engines.ts'
import { until } from './until.ts'

export type KeptServer = Awaited<ReturnType<typeof openKeptServer>>

/**
 * A running server with a table `t (n integer)`, whose lineage the copy engine keeps, in a home of its own:
 * `await using kept = await openKeptServer()`.
 */
export async function openKeptServer(
  options: {
    readonly engine?: Engine
    readonly id?: string
    readonly settings?: Record<string, string>
    readonly walSegmentMib?: number
    /** The last part of the home's path. */
    readonly folder?: string
  } = {},
) {
  const { id = 'abc123def', settings = {}, walSegmentMib, folder } = options
  const home = await openArchivingHome(options.engine ?? (await engineOf(NEWER)), folder)
  const engine = createCopyEngine(home)
  const server = home.server('original')
  const sized = walSegmentMib === undefined ? {} : { walSegmentBytes: walSegmentMib * 1024 ** 2 }
  const planned = home.lineage('copy', id, sized)
  await server.init({ ...engine.archiving(planned, home.engine), ...settings }, walSegmentMib)
  const lineage = { ...planned, systemIdentifier: await server.systemIdentifier() }
  await engine.prepare(lineage, server.member)
  await engine.describe(lineage)
  await server.start()
  await server.sql('create table t (n integer)')
  let backups = 0

  const kept = {
    ...home,
    backups: engine,
    lineage,
    otherLineage: home.lineage,
    original: server,
    wal: join(lineage.directory, 'wal'),
    incoming: join(lineage.directory, 'incoming'),
    /** Where the archive keeps a segment. */
    packed: (segment: string): string =>
      join(lineage.directory, 'wal', segment.slice(0, 8), `${segment}.zst`),
    base: ({ id: backup }: Backup, path = ''): string =>
      join(lineage.directory, 'bases', backup, 'data', path),

    insert: (n: number) => server.sql(`insert into t values (${n})`),
    archive: (): Promise<Archive> => engine.archive(lineage, server.member),

    /** Ends the segment that the server writes, and gives its name when the server has archived it; nobody takes it in. */
    async finishSegment(): Promise<string> {
      const name = await server.ask('select pg_walfile_name(pg_switch_wal())')
      return until(`${name} to be copied`, async () => {
        const [row] = await server.sql<{ last: string | null }>(
          'select last_archived_wal as last from pg_stat_archiver',
        )
        return (row?.last ?? '').slice(8, 24) >= name.slice(8) && name
      })
    },

    /** Writes a row, and gives the segment that has it when the archive has that. */
    async write(n: number): Promise<string> {
      await kept.insert(n)
      const name = await kept.finishSegment()
      await kept.archive()
      return name
    },

    async backup(cold = false): Promise<Backup> {
      const { major, minor } = home.engine
      return engine.backup(
        lineage,
        {
          id: `20260102-0304${String(++backups).padStart(2, '0')}-x`,
          member: server.member,
          cold,
          kind: 'full',
          version: `${major}.${minor}`,
        },
        { signal: new AbortController().signal, report: () => {} },
      )
    },

    verify: (backup: Backup) =>
      engine.verify(lineage, backup, { signal: new AbortController().signal, report: () => {} }),

    /** A server on a backup's data, at the end of its recovery. */
    async restore(
      backup: Backup,
      settings: Record<string, string> = {},
      from: LineageDocument = lineage,
    ): Promise<RawServer> {
      const copy = home.server(`restored${++backups}`)
      const source = await engine.source(from, backup, { durable: false })
      if (source.kind !== 'copy') throw new Error(`a source of the kind ${source.kind}`)
      await mkdir(dirname(copy.data), { recursive: true })
      await cloneTree(source.directory, copy.data, { sync: false })
      await copy.recover(await engine.restoreCommand(from), settings)
      return copy
    },

    /** The rows that a restore to the newest moment gives. */
    async rowsAfterRestore(backup: Backup, from: LineageDocument = lineage): Promise<string> {
      const copy = await kept.restore(backup, {}, from)
      const rows = await copy.ask('select string_agg(n::text, $$,$$ order by n) from t')
      await copy.stop('SIGQUIT')
      return rows
    },
  }
  return kept
}
