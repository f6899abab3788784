import { z } from 'zod'

/**
 * What a caller may do, the least first. `viewer` reads, and sees no secret; `developer` works with instances, branches,
 * passwords and config; `operator` also destroys, restores and promotes; `admin` also decides who may do what and where
 * backups go.
 */
export const Role = z.enum(['viewer', 'developer', 'operator', 'admin'])
export type Role = z.output<typeof Role>

/** Whether `role` may do what needs `needed`. */
export const covers = (role: Role, needed: Role): boolean =>
  Role.options.indexOf(role) >= Role.options.indexOf(needed)

/**
 * How a caller who may use only some projects is held to them.
 * - `project`, `lineage`, `operation`, `drill`, `snapshot`: by what the input names, which must be of such a project;
 *   what it leaves unsaid is not looked at.
 * - `desired`: by the snapshots that the services of the input come from.
 * - `entries`: the reply, or the stream, leaves out what is of other projects.
 * - `anything`: the reply is of no project.
 * - `all`: it is only for callers of all projects.
 * - `joining`: it is only for a machine that asks to become a host, which may call nothing else.
 */
export type Within =
  | 'project'
  | 'lineage'
  | 'operation'
  | 'drill'
  | 'snapshot'
  | 'desired'
  | 'entries'
  | 'anything'
  | 'all'
  | 'joining'

/** Who calls, as the door that it came through knows it. */
export interface Caller {
  /** A token's name, or the account of this machine that opened the socket. */
  readonly name: string
  readonly role: Role
  /** Unset: all. */
  readonly projects?: readonly string[] | undefined
  /** A machine that asks to become a host: it may call what is `joining`, and nothing else. */
  readonly joins?: true
  /** `socket`, or the address that it came from. */
  readonly from: string
}
