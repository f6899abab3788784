import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import { errnoOf } from '../file-errors.ts'

/** The addresses under which others may reach this machine: neither loopback nor those of one cable. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
}

/** Where a name leads by this machine’s own lookup (/etc/hosts, DNS); nowhere when nobody knows it, or nobody answers. */
export async function addressesOf(name: string): Promise<string[]> {
  try {
    return [...new Set((await lookup(name, { all: true })).map(({ address }) => address))]
  } catch (error) {
    // ENOTFOUND, EAI_AGAIN: the resolver’s own codes.
    if (errnoOf(error) !== undefined) return []
    throw error
  }
}
