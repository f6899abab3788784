import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import type { Instance } from '../../contract/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context, Daemon } from '../context.ts'
import { demandReady } from '../instances.ts'
import { bytes } from '../output/bytes.ts'
import { psqlEnvironment } from '../sql/psql-environment.ts'
import { findPgDump } from './find-pg-dump.ts'

interface Dump {
  /** Absolute; ends in `.sql` for plain SQL, else it is pg_dump's own archive. */
  readonly file: string
  readonly database: string | undefined
}

/** Has pg_dump write one database of an instance to a file, as its owner. The file appears when it is whole. */
export async function dumpFile(
  ctx: Context,
  daemon: Daemon,
  instance: Instance,
  { file, database }: Dump,
): Promise<void> {
  const { project, service } = instance
  demandReady(instance)
  if (existsSync(file)) {
    throw new AppError('USAGE', `${file} is there already`, {
      hint: 'Name a file that does not exist, or remove this one first.',
    })
  }
  const { installed } = await daemon.api.listEngines({ offers: 'false' })
  const { program, major } = await findPgDump(
    Number.parseInt(instance.version, 10),
    installed,
    ctx.env,
  )
  const connection = await daemon.api.getConnection({ project, service })
  const target = {
    ...(await daemon.reach({ ...connection, project, service })),
    user: connection.user,
    password: connection.password,
    database: database ?? connection.database,
    caFile: connection.caFile,
  }
  const partial = `${file}.part`
  const format = file.endsWith('.sql') ? 'plain' : 'custom'
  rmSync(partial, { force: true })
  // pg_dump would let everybody read it; it keeps the mode of a file that is there.
  closeSync(openSync(partial, 'wx', 0o600))
  try {
    await pgDump(program, [`--format=${format}`, `--file=${partial}`], {
      env: psqlEnvironment(ctx.env, target),
      cwd: ctx.directory,
    })
    renameSync(partial, file)
  } finally {
    rmSync(partial, { force: true })
  }
  const { size } = statSync(file)
  if (ctx.json) {
    ctx.terminal.json({ file, format, sizeBytes: size, database: target.database, pgDump: program })
    return
  }
  ctx.terminal.print(
    `Dumped ${target.database} of ${project}/${service} to ${file} (${bytes(size)})`,
  )
  const tool = format === 'plain' ? 'psql -f' : `pg_restore (${major} or newer) -d DATABASE`
  ctx.terminal.note(`Read it with: ${tool} ${file}. Roles and their passwords are not in it.`)
}

async function pgDump(
  program: string,
  args: readonly string[],
  options: { readonly env: Record<string, string | undefined>; readonly cwd: string },
): Promise<void> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [status] = (await once(child, 'close')) as [number | null]
  if (status === 0) return
  throw new AppError('SQL_FAILED', `pg_dump ended with status ${status ?? 'of a signal'}`, {
    details: { stderr },
    hint: 'Nothing was kept. Its own words are above; what other roles own, only they can dump.',
  })
}
