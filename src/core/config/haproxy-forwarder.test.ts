import { expect, test } from 'vitest'
import { forwarderConfig, relayConfig } from './haproxy-forwarder.ts'

test('the readiness check sends a startup message whose length is right', () => {
  const [, hex = ''] = /send-binary ([0-9A-F]+)\n/.exec(forwarderConfig(5432, 'unix@/s')) ?? []
  const message = Buffer.from(hex, 'hex')
  expect(message.readInt32BE(0)).toBe(message.length)
  expect(message.readInt32BE(4)).toBe(196608)
  expect(message.subarray(8).toString()).toBe(
    'user\0howdah_readiness\0database\0howdah_readiness\0\0',
  )
})

test('a server that asks for a password is ready, one that starts up is not', () => {
  const [, pattern = ''] = /expect rbinary (\S+)/.exec(forwarderConfig(5432, 'unix@/s')) ?? []
  const ready = (answer: string) =>
    new RegExp(pattern).test(Buffer.from(answer, 'latin1').toString('hex').toUpperCase())
  expect(ready('R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0')).toBe(true)
  expect(ready('E\0\0\0\x80SFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry\0\0')).toBe(true)
  expect(ready('E\0\0\0\x80SFATAL\0VFATAL\0C53300\0Mtoo many clients\0\0')).toBe(true)
  expect(ready('E\0\0\0\x80SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')).toBe(
    false,
  )
  expect(ready('')).toBe(false)
})

test('the relay leads each socket to its own instance', () => {
  const text = relayConfig([
    { socket: '/run/a.sock', endpoint: { host: '127.0.0.2', port: 1 } },
    { socket: '/run/b.sock', endpoint: { host: '127.0.0.3', port: 2 } },
  ])
  expect(text.match(/^listen /gm)).toHaveLength(2)
  expect(text).toMatch(/\/run\/b\.sock mode 666\n +server instance 127\.0\.0\.3:2/)
})
