import { identifier, literal } from './quote.ts'

/** Roles that could log in to a branch by the password they have in its parent, by name; ours and the owner are not among them. */
export const otherLogins = (superuser: string, owner: string): string =>
  `select rolname from pg_catalog.pg_roles
   where rolcanlogin and rolname not in (${literal(superuser)}, ${literal(owner)}) and rolname !~ '^pg_'
   order by rolname`

/** Of these, the ones without a password. */
export const withoutPassword = (superuser: string, owner: string): string =>
  `select rolname from pg_catalog.pg_authid
   where rolcanlogin and rolpassword is null
     and rolname not in (${literal(superuser)}, ${literal(owner)}) and rolname !~ '^pg_'
   order by rolname`

/** The role stays with its rights; nobody can log in as it until it gets another password. */
export const takePassword = (role: string): string => `alter role ${identifier(role)} password null`

/**
 * For scripts that must reach every row: the owner sees past row security, and is no superuser, because triggers and
 * functions of the data run as who fires them. Opening to the owner takes it away again.
 */
export const seeAllRows = (owner: string): string => `alter role ${identifier(owner)} bypassrls`
