import type { NetworkInterfaceInfo } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * Addresses of this machine that others may reach it under: not loopback, and not those that hold on one cable alone. Those of IPv6
 * only when there is no other.
 */
export function reachableAddresses(interfaces: Interfaces): string[] {
  const all = Object.values(interfaces)
    .flatMap((one) => one ?? [])
    .filter(({ internal, address }) => !internal && !/^(?:169\.254\.|fe80:)/i.test(address))
  const four = all.filter(({ family }) => family === 'IPv4')
  return (four.length > 0 ? four : all).map(({ address }) => address)
}
