import { AppError } from '../../errors/app-error.ts'
import { isObject } from '../etcd/refusal.ts'
import { askPatroni, type Ask, type PatroniAccess, type Told } from './rest.ts'

/** A question of state is answered from memory; these wait for servers. */
const ACT_MS = 120_000
const TELL_MS = 3000

/** What Patroni keeps in etcd for all members of the scope. Throws PATRONI_UNREACHABLE, PATRONI_REFUSED. */
export async function readConfig(
  access: PatroniAccess,
): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await done(access, { path: '/config', timeoutMs: TELL_MS })
  return isObject(body) ? body : {}
}

/** Changes it: null takes a name away, what is not named stays. */
export async function patchConfig(access: PatroniAccess, change: object): Promise<void> {
  await done(access, { method: 'PATCH', path: '/config', body: change, timeoutMs: TELL_MS })
}

/**
 * Hands the primary’s role over in order; resolves when the new one has it. Asked of any member. `candidate`: who is to have it;
 * without, the one that Patroni finds fittest.
 */
export async function switchover(
  access: PatroniAccess,
  { leader, candidate }: { readonly leader: string; readonly candidate?: string | undefined },
): Promise<void> {
  const body = { leader, ...(candidate === undefined ? {} : { candidate }) }
  await done(access, { method: 'POST', path: '/switchover', body, timeoutMs: ACT_MS })
}

/** Makes a member primary although there may be none to hand over: what it has not received is lost. */
export async function failover(access: PatroniAccess, candidate: string): Promise<void> {
  await done(access, { method: 'POST', path: '/failover', body: { candidate }, timeoutMs: ACT_MS })
}

/** Restarts this member’s server. */
export async function restart(access: PatroniAccess): Promise<void> {
  await done(access, { method: 'POST', path: '/restart', body: {}, timeoutMs: ACT_MS })
}

/** Throws this replica’s data away and copies them anew; comes back when that has begun. */
export async function reinitialize(access: PatroniAccess): Promise<void> {
  const body = { force: true }
  await done(access, { method: 'POST', path: '/reinitialize', body, timeoutMs: TELL_MS })
}

async function done(access: PatroniAccess, ask: Ask): Promise<Told> {
  const told = await askPatroni(access, ask)
  if (told.status >= 200 && told.status < 300) return told
  const said = typeof told.body === 'string' ? told.body.trim() : JSON.stringify(told.body)
  throw new AppError('PATRONI_REFUSED', `Patroni refused ${ask.path}: ${said}`, {
    details: { status: told.status, path: ask.path },
  })
}
