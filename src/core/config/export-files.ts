import { confFile } from './conf-file.ts'
import { SUPERUSER } from './hba.ts'
import { ownedSettings } from './postgresql.ts'

export interface ExportFacts {
  readonly project: string
  readonly service: string
  /** For example `16.14`. */
  readonly version: string
  readonly user: string
  readonly database: string
  /** What the user set in compose. */
  readonly settings: Readonly<Record<string, string>>
  /** Text of its postgresql.auto.conf: what was set with ALTER SYSTEM. */
  readonly autoConf: string
  /** The account that the files belong to; undefined when it is not known by name. */
  readonly account: string | undefined
  /** Where the copy is. */
  readonly directory: string
  /** The moment that it shows. */
  readonly at: string
  /** Copied while the server ran: the first start replays the WAL that is in it. */
  readonly running: boolean
}

/** Where it is a plain data directory's own business: nothing of ours is needed to start it. */
export const EXPORT_README = 'README.txt'

/**
 * The files that make a copied data directory one that stock Postgres starts, by name: plain configuration, no archiving, no
 * certificate of ours, its socket in the directory itself. Pure.
 */
export function exportFiles(facts: ExportFacts): Record<string, string> {
  return {
    'postgresql.conf': conf(facts),
    'postgresql.auto.conf': withoutOurs(facts.autoConf),
    'pg_hba.conf': hba,
    'pg_ident.conf': '# No maps.\n',
    [EXPORT_README]: readme(facts),
  }
}

function conf({ project, service, settings }: ExportFacts): string {
  const theirs = Object.entries(settings).filter(([name]) => !ownedSettings.includes(name))
  return confFile(
    [
      `Written by \`howdah export\` of ${project}/${service}. This copy is yours: edit what you like.`,
      'The socket is in the data directory, which is closed to other accounts.',
    ],
    {
      listen_addresses: 'localhost',
      port: '5432',
      unix_socket_directories: '.',
      password_encryption: 'scram-sha-256',
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...Object.fromEntries(theirs),
    },
  )
}

/** Over the socket whoever may enter the directory is trusted; over TCP each role needs the password that it had. */
const hba = `# Written by \`howdah export\`.
# The socket is in the data directory, which only its owner can enter. Change “trust” when you move it elsewhere.
local all all trust
local replication all trust
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
`

/** What ALTER SYSTEM set, without what would archive, listen or look for files of ours. */
function withoutOurs(autoConf: string): string {
  const lines = autoConf.split('\n').filter((line) => {
    const [, name = ''] = /^\s*([A-Za-z_.]+)\s*=/.exec(line) ?? []
    return !ownedSettings.includes(name.toLowerCase())
  })
  return lines.join('\n')
}

function readme(facts: ExportFacts): string {
  const { project, service, version, user, database, directory, at, account } = facts
  const major = version.split('.')[0] ?? version
  const as = account === undefined ? 'the account that owns the files' : `the account “${account}”`
  const run = account === undefined ? '' : `sudo -u ${account} `
  const preloaded = facts.settings['shared_preload_libraries']
  return [
    `${project}/${service} as it was at ${at}`,
    '',
    `A data directory of Postgres ${version}, copied by \`howdah export\`. Any Postgres ${major} of the same kind of`,
    `machine starts it, as ${as}; Postgres refuses to run as root.`,
    '',
    `  ${run}pg_ctl -D ${quoted(directory)} -l ${quoted(`${directory}/server.log`)} start`,
    `  ${run}psql -h ${quoted(directory)} -U ${quoted(user)} ${quoted(database)}`,
    `  ${run}pg_ctl -D ${quoted(directory)} stop`,
    '',
    'Where port 5432 is taken: start with -o "-p 5433", and psql -p 5433.',
    '',
    ...(facts.running
      ? [
          'The server ran while it was copied: the first start reads backup_label and replays the WAL that is in the copy.',
          'Leave that file where it is.',
          '',
        ]
      : []),
    ...(preloaded
      ? [`It loads these libraries, which your Postgres must have: ${preloaded}.`, '']
      : []),
    `Over the socket (-h ${quoted(directory)}) whoever may enter this folder needs no password, and ${SUPERUSER} is the`,
    'superuser. Over TCP (localhost:5432, see postgresql.conf) each role has the password that it had.',
    '',
  ].join('\n')
}

/** For a shell: as it is when it needs no quotes. */
const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
