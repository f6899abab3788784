import {
  abilitiesOf,
  parsePatroniVersion,
  type PatroniVersion,
} from '../../core/patroni/version.ts'
import { AppError } from '../../errors/app-error.ts'
import { findPatroni, type PatroniProgram } from '../../system/patroni/program.ts'

/** The Patroni of this machine. */
export interface Installed {
  readonly program: PatroniProgram
  readonly version: PatroniVersion
}

/** How long a release counts for the one that is installed: to ask takes half a second of Python. */
const FRESH_MS = 10 * 60_000

let known: { readonly found: Promise<Installed>; readonly atMs: number } | undefined

/** Throws NOT_SUPPORTED where there is none, or one that is too old. */
export function installedPatroni(): Promise<Installed> {
  if (known && performance.now() - known.atMs < FRESH_MS) return known.found
  const found = find()
  const asked = { found, atMs: performance.now() }
  known = asked
  // It may be installed the next moment.
  found.catch(() => known === asked && (known = undefined))
  return found
}

async function find(): Promise<Installed> {
  const program = await findPatroni()
  if (!program) {
    const message = 'there is no Patroni on this machine: install the package `patroni`'
    throw new AppError('NOT_SUPPORTED', message)
  }
  const version = parsePatroniVersion(program.version)
  if (!version || abilitiesOf(version).isTooOld) {
    const message = `${program.path} is “${program.version}”: Patroni 3.0 or later is needed`
    throw new AppError('NOT_SUPPORTED', message)
  }
  return { program, version }
}
