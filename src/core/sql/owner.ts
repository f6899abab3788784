import { identifier, literal } from './quote.ts'

/**
 * What POSTGRES_USER may do: log in, make databases and roles, see statistics and end its own kind's sessions. It is
 * no superuser: trusted extensions it can make where it owns the database, the rest is ours to make.
 */
const ATTRIBUTES = 'login createdb createrole nosuperuser noreplication nobypassrls'

/** Makes the role, without a password, so that nobody can log in with it yet. Safe to repeat. */
export function createOwner(user: string): string[] {
  const role = identifier(user)
  const makeUnlessThere = `begin
       if not exists (select from pg_catalog.pg_roles where rolname = ${literal(user)}) then
         create role ${role} ${ATTRIBUTES};
       end if;
     end`
  return [
    // A literal, because a name may hold any dollar quote.
    `do ${literal(makeUnlessThere)}`,
    `grant pg_monitor, pg_signal_backend to ${role}`,
  ]
}

/**
 * Before version 16 a role with CREATEROLE may grant itself any role that is no superuser, also those of Postgres that run
 * programs and read and write files as the server's account. Marked as superusers they are beyond its reach. They cannot
 * log in, and membership passes no attribute on.
 */
export const guardServerRoles = (major: number): string[] =>
  major >= 16
    ? []
    : [
        `update pg_catalog.pg_authid set rolsuper = true where rolname in
       ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')`,
      ]

/** While the image's start scripts run, the role is what it would be in the image: a superuser. */
export const raiseOwner = (user: string): string => `alter role ${identifier(user)} superuser`

/** Back to what a managed owner may do, with its password as a SCRAM verifier. Safe to repeat. */
export const openOwner = (user: string, verifier: string): string =>
  `alter role ${identifier(user)} ${ATTRIBUTES} password ${literal(verifier)}`

/** A new password for a role that stays as it is. */
export const setVerifier = (user: string, verifier: string): string =>
  `alter role ${identifier(user)} password ${literal(verifier)}`

export const databaseExists = (name: string): string =>
  `select 1 from pg_catalog.pg_database where datname = ${literal(name)}`

export const createDatabase = (name: string, owner: string): string =>
  `create database ${identifier(name)} owner ${identifier(owner)}`

export const ownDatabase = (name: string, owner: string): string =>
  `alter database ${identifier(name)} owner to ${identifier(owner)}`

/** Superusers that the start scripts left behind; ours is not among them. */
export const straySuperusers = (superuser: string): string =>
  `select rolname from pg_catalog.pg_roles where rolsuper and rolname <> ${literal(superuser)} and rolname !~ '^pg_'`

export const demote = (role: string): string => `alter role ${identifier(role)} nosuperuser`

/**
 * How WAL is archived, where ALTER SYSTEM says so: that beats our file at the next start, and what it does with the WAL is nothing that we
 * could restore from. These settings are no arguments of the server, because a reload must be able to change them.
 */
export const STRAY_ARCHIVING = `select name from pg_catalog.pg_file_settings
  where sourcefile like '%/postgresql.auto.conf'
    and name in ('archive_command', 'archive_library', 'basic_archive.archive_directory')`

/** `name` is one of those. */
export const takeBack = (name: string): string => `alter system reset ${name}`

export const RELOAD = 'select pg_catalog.pg_reload_conf()'
