import type { Location } from '../contract/project.ts'
import type { Findings } from './findings.ts'

interface Assignment {
  readonly name: string
  readonly value: string
  readonly at: Location
}

/** Settings that name files or places inside a container: without the container they mean nothing. */
const container = new Set([
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'unix_socket_directories',
  'unix_socket_group',
  'unix_socket_permissions',
])
/** Settings that Howdah owns; what compose says of them is answered otherwise, so a note is enough. */
const owned: Readonly<Record<string, string>> = {
  listen_addresses: 'Howdah decides where it listens',
  ssl: 'TLS is always on',
  ssl_cert_file: 'the certificate is from Howdah’s own CA',
  ssl_key_file: 'the certificate is from Howdah’s own CA',
  ssl_ca_file: 'the certificate is from Howdah’s own CA',
  password_encryption: 'it is always scram-sha-256',
}

/** Assignments of a command line as settings; the last one of a name counts, as in Postgres. */
export function serverSettings(
  assignments: readonly Assignment[],
  findings: Findings,
): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const { name, value, at } of assignments) {
    if (!/^[a-z_][\w.]*$/.test(name)) findings.problem(at, `"${name}" cannot be a setting’s name.`)
    else if (name === 'port') {
      findings.problem(at, 'the port is not set here; set PGPORT in `environment`.')
    } else if (container.has(name)) {
      findings.problem(
        at,
        `${name} names a place inside a container, and a managed Postgres has none; put the settings themselves under x-howdah-postgres, \`settings:\`.`,
      )
    } else if (Object.hasOwn(owned, name)) findings.note(at, `${name} is not used: ${owned[name]}.`)
    else settings[name] = value
  }
  return settings
}
