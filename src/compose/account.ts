import type { Location, Template } from '../contract/project.ts'
import { knownText, variableOrFile } from './credentials.ts'
import type { Environment, EnvironmentContext } from './environment.ts'
import type { GrantedFile } from './granted-files.ts'

export interface Account {
  readonly user: Template
  readonly database: Template
  readonly password: Template
}

interface Source {
  readonly name: string
  readonly at: Location
  readonly environment: Environment
  readonly files: readonly GrantedFile[]
  readonly context: EnvironmentContext
}

/**
 * POSTGRES_USER, POSTGRES_DB and POSTGRES_PASSWORD (or their `…_FILE` twins) by the official image's rules: an empty or absent
 * user is `postgres`, an empty or absent database is named like the user, and a password there must be.
 */
export function readAccount(source: Source): Account {
  const { context } = source
  const user = variableOrFile('POSTGRES_USER', source)
  const database = variableOrFile('POSTGRES_DB', source)
  const userValue =
    user && user !== 'unreadable' && user.value.length > 0 ? user.value : ['postgres']
  const [first] = userValue
  if (user && user !== 'unreadable' && typeof first === 'string' && first.startsWith('pg_')) {
    context.findings.problem(
      user.at,
      'Postgres keeps names that start with "pg_" for itself; choose another POSTGRES_USER.',
    )
  }
  const databaseValue = database && database !== 'unreadable' ? database.value : []
  checkAuthentication(source)
  return {
    user: userValue,
    database: databaseValue.length > 0 ? databaseValue : userValue,
    password: readPassword(source),
  }
}

function readPassword(source: Source): Template {
  const { findings } = source.context
  const password = variableOrFile('POSTGRES_PASSWORD', source)
  if (password === 'unreadable') return []
  if (!password) {
    findings.problem(
      source.at,
      `service "${source.name}" has no POSTGRES_PASSWORD. Add \`POSTGRES_PASSWORD:\` without a value to its \`environment\`, then run \`howdah config set POSTGRES_PASSWORD\`.`,
    )
    return []
  }
  if (password.value.length === 0) {
    findings.problem(
      password.at,
      'POSTGRES_PASSWORD is empty. Leave out its `=` or `""`, then run `howdah config set POSTGRES_PASSWORD`.',
    )
  } else if (source.environment.get('POSTGRES_PASSWORD')?.spelledOut) {
    findings.note(
      password.at,
      'POSTGRES_PASSWORD stands in the compose file. To keep it out, leave it without a value and run `howdah config set POSTGRES_PASSWORD`.',
    )
  }
  return password.value
}

function checkAuthentication({ environment, context }: Source): void {
  const given = environment.get('POSTGRES_HOST_AUTH_METHOD')
  const method = knownText('POSTGRES_HOST_AUTH_METHOD', given, context)
  if (!given || !method || method === 'scram-sha-256' || method === 'md5') return
  const why =
    method === 'trust'
      ? 'it lets anyone who reaches the port in without a password'
      : 'every connection is checked with scram-sha-256'
  context.findings.problem(
    given.at,
    `POSTGRES_HOST_AUTH_METHOD: ${method} is refused, because ${why}. Remove it.`,
  )
}
