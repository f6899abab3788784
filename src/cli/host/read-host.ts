import { hostname, networkInterfaces } from 'node:os'
import { HostWanted } from '../../contract/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Flag } from '../command.ts'
import type { Context } from '../context.ts'
import { askChoice } from '../prompt.ts'
import { reachableAddresses } from './own-address.ts'

/** What says which host this machine becomes. */
export const hostFlags = {
  name: { type: 'string', value: 'NAME', summary: 'What the host is called (its host name)' },
  address: {
    type: 'string',
    value: 'ADDRESS',
    summary: 'Under which the other hosts reach it (its only one)',
  },
  zone: { type: 'string', value: 'ZONE', summary: 'What fails as one with it: a rack, a site' },
} as const satisfies Record<string, Flag>

interface Flags {
  readonly name: string | undefined
  readonly address: string | undefined
  readonly zone: string | undefined
}

/** The host that the flags and this machine say. Of several addresses a person chooses; off a terminal USAGE lists them. */
export async function readHost(ctx: Context, flags: Flags): Promise<HostWanted> {
  const wanted = HostWanted.safeParse({
    name: flags.name ?? hostname().split('.')[0]?.toLowerCase(),
    address: flags.address ?? (await ownAddress(ctx)),
    ...(flags.zone === undefined ? {} : { zone: flags.zone }),
  })
  if (wanted.success) return wanted.data
  const [issue] = wanted.error.issues
  const what = String(issue?.path[0])
  const why = what === 'address' ? 'must be an IPv4 or IPv6 address' : issue?.message
  throw new AppError('USAGE', `the ${what} of the host ${why}`, { hint: `Say it with --${what}.` })
}

async function ownAddress(ctx: Context): Promise<string> {
  const addresses = reachableAddresses(networkInterfaces())
  const [only] = addresses
  if (only !== undefined && addresses.length === 1) return only
  if (only === undefined) {
    throw new AppError('USAGE', 'this machine has no address that others could reach', {
      hint: 'Say under which they do with --address.',
    })
  }
  if (ctx.interactive) {
    return askChoice(ctx, {
      message: 'Under which address do the other hosts reach this one?',
      flag: '--address',
      options: addresses.map((value) => ({ value, label: value })),
    })
  }
  throw new AppError('USAGE', `this machine has several addresses: ${addresses.join(', ')}`, {
    hint: 'Say under which one the other hosts reach it with --address.',
  })
}
