import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { chooseInstance, demandReady } from '../instances.ts'
import { runProcess } from '../run/run-process.ts'
import { psqlEnvironment } from '../sql/psql-environment.ts'
import { sqlFormats } from '../sql/printer.ts'
import type { Work } from '../sql/run-sql.ts'
import type { SqlTarget } from '../sql/session.ts'

interface Flags {
  readonly command: readonly string[]
  readonly file: readonly string[]
  readonly database: string | undefined
  readonly user: string | undefined
}

export const psql = command({
  name: ['psql'],
  summary: 'open a SQL prompt, or run statements',
  description:
    'Runs psql where it is installed; without it, -c, -f and stdin still work. Connects over TLS and checks the ' +
    'certificate. With --builtin the first error ends the run; with psql, as psql says (add -- -v ON_ERROR_STOP=1).',
  args: [
    { name: 'service', kind: 'optional', summary: 'Needed when the project has several' },
    { name: 'arguments', kind: 'any', summary: 'For psql itself, after --' },
  ],
  flags: {
    command: { type: 'list', short: 'c', value: 'SQL', summary: 'Run this; may be repeated' },
    file: { type: 'list', short: 'f', value: 'FILE', summary: 'Run this script; may be repeated' },
    database: { type: 'string', short: 'd', value: 'NAME', summary: 'Another database' },
    user: {
      type: 'string',
      short: 'U',
      value: 'NAME',
      summary: 'Another role; its password from PGPASSWORD',
    },
    format: {
      type: 'string',
      choices: sqlFormats,
      summary: 'Form of the rows (aligned); without psql',
    },
    builtin: { type: 'boolean', summary: 'Do without psql even where it is installed' },
  },
  examples: [
    'howdah psql',
    'howdah psql database -c "select version()"',
    'howdah psql -c "select * from orders" --format json',
    'howdah psql database -- --tuples-only --no-align -c "select 1"',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    // A service's name never starts with a dash: `howdah psql -- -At`.
    const [service, extra] = args.service?.startsWith('-')
      ? [undefined, [args.service, ...args.arguments]]
      : [args.service, args.arguments]
    const target = await findTarget(ctx, service, flags)
    const format = flags.format ?? (ctx.json ? 'json' : undefined)
    if (!flags.builtin && format === undefined) {
      const status = await withPsql(ctx, target, flags, extra)
      if (status !== undefined) return status
    }
    if (extra.length > 0) {
      throw new AppError('USAGE', `only psql knows ${extra.join(' ')}`, { hint: installPsql })
    }
    const pieces = await readPieces(ctx, flags)
    const [{ createPrinter }, { runSql }] = await Promise.all([
      import('../sql/printer.ts'),
      import('../sql/run-sql.ts'),
    ])
    const printer = createPrinter(format ?? 'aligned', ctx.terminal)
    await runSql(target, pieces, ctx.stdin, printer)
    printer.finish()
    return 0
  },
})

const installPsql =
  'Install psql (Debian and Ubuntu: postgresql-client; Fedora: postgresql; Homebrew: libpq), or give SQL with -c, -f or stdin.'

async function findTarget(
  ctx: Context,
  service: string | undefined,
  { database, user }: Flags,
): Promise<SqlTarget> {
  const daemon = await ctx.daemon()
  const instance = await chooseInstance(ctx, daemon, service)
  demandReady(instance)
  const { project } = instance
  const own = await daemon.api.getConnection({ project, service: instance.service })
  const other = user !== undefined && user !== own.user
  return {
    ...(await daemon.reach({ ...own, project, service: instance.service })),
    user: user ?? own.user,
    password: other ? (ctx.env['PGPASSWORD'] ?? '') : own.password,
    database: database ?? own.database,
    caFile: own.caFile,
  }
}

/** Runs psql and gives its exit status; undefined where it is not installed and the work can be done without it. */
async function withPsql(
  ctx: Context,
  target: SqlTarget,
  flags: Flags,
  extra: readonly string[],
): Promise<number | undefined> {
  const args = [
    ...flags.command.flatMap((sql) => ['-c', sql]),
    ...flags.file.flatMap((file) => ['-f', file]),
    ...extra,
  ]
  try {
    const env = psqlEnvironment(ctx.env, target)
    return await runProcess({ command: 'psql', args, env, directory: ctx.directory })
  } catch (error) {
    if (error instanceof AppError && error.code === 'COMMAND_NOT_FOUND') return undefined
    throw error
  }
}

async function readPieces(ctx: Context, { command, file }: Flags): Promise<Work[]> {
  const commands = command.map((sql): Work => ({ kind: 'command', sql }))
  const scripts = await Promise.all(file.map((path) => readScript(ctx, path)))
  if (commands.length + scripts.length > 0) return [...commands, ...scripts]
  if (ctx.stdin.isTTY) {
    throw new AppError('NOT_SUPPORTED', 'a SQL prompt needs psql', { hint: installPsql })
  }
  return [await readScript(ctx, '-')]
}

async function readScript(ctx: Context, path: string): Promise<Work> {
  if (path === '-') {
    const chunks: Buffer[] = []
    for await (const chunk of ctx.stdin) chunks.push(Buffer.from(chunk as string))
    return { kind: 'script', file: 'stdin', text: Buffer.concat(chunks).toString('utf8') }
  }
  try {
    const text = await readFile(resolve(ctx.directory, path), 'utf8')
    return { kind: 'script', file: basename(path), text }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('USAGE', `cannot read the script: ${why}`, { cause })
  }
}
