import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { reachableAddresses } from './own-address.ts'

const one = (address: string, internal = false) =>
  ({
    address,
    internal,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
  }) as NetworkInterfaceInfo

test('only addresses that another machine may reach are offered', () => {
  const interfaces = {
    lo: [one('127.0.0.1', true), one('::1', true)],
    eth0: [one('10.0.0.5'), one('fd00::5'), one('fe80::1')],
    eth1: [one('169.254.3.4')],
  }
  expect(reachableAddresses(interfaces)).toEqual(['10.0.0.5'])
  expect(reachableAddresses({ ...interfaces, eth2: [one('192.0.2.7')] })).toEqual([
    '10.0.0.5',
    '192.0.2.7',
  ])
})

test('a machine with IPv6 alone has that, and one with loopback alone has none', () => {
  expect(reachableAddresses({ eth0: [one('fe80::1'), one('fd00::5')] })).toEqual(['fd00::5'])
  expect(reachableAddresses({ lo: [one('127.0.0.1', true)] })).toEqual([])
})
