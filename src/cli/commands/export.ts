import { resolve } from 'node:path'
import { ExportOutput } from '../../contract/api/exports.ts'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import { follow } from '../follow.ts'
import { chooseInstance } from '../instances.ts'
import { bytes } from '../output/bytes.ts'
import { operationTook } from '../output/operation-line.ts'

export const exportCommand = command({
  name: ['export'],
  summary: 'take your data with you: a plain copy that stock Postgres starts, or a dump',
  description: `--to DIRECTORY: a copy of the whole data directory, with every database and role, that any Postgres of the same major starts; README.txt in it says how. Clients are not disturbed; of a stopped instance its files are copied. The folder must not exist. When the daemon is root the files belong to --owner, else to who called sudo, else to the account that servers run as; otherwise to you.

--to FILE.dump or FILE.sql: one database by pg_dump, as an archive for pg_restore or as SQL. Needs a pg_dump of the same major or a newer one.`,
  args: [{ name: 'service', kind: 'optional', summary: 'Needed when the project has several' }],
  flags: {
    to: { type: 'string', value: 'DIR', summary: 'A folder to make, or FILE.dump or FILE.sql' },
    database: {
      type: 'string',
      short: 'd',
      value: 'NAME',
      summary: 'Dump another database than the service’s',
    },
    owner: {
      type: 'string',
      value: 'ACCOUNT',
      summary: 'Who the folder is to belong to; for root',
    },
  },
  examples: [
    'howdah export database --to /srv/postgres-copy',
    'howdah export database --to shop.dump',
    'sudo howdah export database --to /srv/postgres-copy --owner postgres',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    if (flags.to === undefined) {
      throw new AppError('USAGE', 'say where to: --to DIRECTORY, --to FILE.dump or --to FILE.sql')
    }
    const path = resolve(ctx.directory, flags.to)
    const kind = kindOf(path)
    const daemon = await ctx.daemon()
    const instance = await chooseInstance(ctx, daemon, args.service)
    if (kind === 'dump') {
      const { dumpFile } = await import('../export/dump-file.ts')
      await dumpFile(ctx, daemon, instance, { file: path, database: flags.database })
      return
    }
    if (flags.database !== undefined) {
      throw new AppError('USAGE', '--database is for dumps: a folder gets all databases')
    }
    const { project, service } = instance
    const owner = flags.owner ?? ownerBySudo(ctx.env)
    const asked = { project, service, directory: path, ...(owner ? { owner } : {}) }
    const operation = await follow(ctx, daemon, await daemon.api.exportInstance(asked))
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const { directory, sizeBytes, account } = ExportOutput.parse(operation.output)
    const took = operationTook(operation, Date.now())
    const what = `${project}/${service} to ${directory}: ${bytes(sizeBytes)} in ${took}`
    ctx.terminal.print(`Exported ${what}, owned by ${account}`)
    ctx.terminal.note(`How to start it: ${directory}/README.txt`)
  },
})

/** A folder unless the ending says a dump; an ending that nobody gives a folder is a mistake. */
function kindOf(path: string): 'directory' | 'dump' {
  if (/\.(dump|sql)$/.test(path)) return 'dump'
  if (!/\.(gz|zst|xz|bz2|zip|tar|tgz|bak|backup)$/i.test(path)) return 'directory'
  throw new AppError('USAGE', `no file like ${path} can be written`, {
    hint: 'A dump ends in .dump (for pg_restore, compressed) or .sql; anything else is a folder to make.',
  })
}

/** Who runs sudo wants the files, and Postgres does not run as root. */
function ownerBySudo(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const user = env['SUDO_USER']
  return process.geteuid?.() === 0 && user !== 'root' ? user : undefined
}
