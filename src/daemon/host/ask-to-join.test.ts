import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { JoinBundle } from '../../contract/documents/host.ts'
import { encodeJoinToken } from '../../core/host/join-token.ts'
import { AppError } from '../../errors/app-error.ts'
import { freePort } from '../../system/ports.ts'
import { issueServerCertificate } from '../../system/server-certificate.ts'
import { openAuthority } from '../authority.ts'
import { askToJoin } from './ask-to-join.ts'

const wanted = { name: 'h2', address: '127.0.0.2' }
const watch = { signal: new AbortController().signal, report: () => {} }
const ports = { api: 0, etcdClient: 2, etcdPeer: 3, etcdMetrics: 4 }
const bundle: JoinBundle = {
  cluster: { format: 1, id: 'c', createdAt: '2026-01-02T03:04:05.000Z', ports },
  caCertPem: 'cert',
  caKeyPem: 'key',
  configKey: 'config',
  etcdHosts: [{ name: 'h1', address: '127.0.0.1' }],
  hasEtcd: true,
}

/** A host of a cluster that answers so, and what it was asked. */
async function openHost(answer: unknown, status = 200) {
  const home = await mkdtemp(join(tmpdir(), 'howdah-join-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const authority = await openAuthority(home)
  const { certPem, keyPem } = await issueServerCertificate(authority, {
    commonName: 'h1',
    dnsNames: ['h1'],
    ipAddresses: ['127.0.0.1'],
    days: 1,
  })
  const asked: { path: string | undefined; authorization: string | undefined; body: string }[] = []
  const tls = { key: keyPem, cert: `${certPem}\n${authority.certPem}` }
  const server = createServer(tls, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      asked.push({ path: request.url, authorization: request.headers.authorization, body })
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  })
  server.on('tlsClientError', () => {})
  server.listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const shown = new X509Certificate(authority.certPem).fingerprint256
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    fingerprint: shown.replaceAll(':', '').toLowerCase(),
  }
}

const tokenFor = (port: number, fingerprint: string, addresses = ['127.0.0.1']): string =>
  encodeJoinToken({
    addresses,
    ports: { ...ports, api: port },
    fingerprint,
    secret: 'hwd_id_secret',
  })

const failure = (token: string): Promise<AppError | undefined> =>
  askToJoin(token, wanted, watch).then(
    () => undefined,
    (error: unknown) => AppError.from(error),
  )

test('a machine gets the bundle of the first host that answers', async () => {
  const { asked, port, fingerprint } = await openHost(bundle)
  const token = tokenFor(port, fingerprint, ['127.0.0.9', '127.0.0.1'])
  expect(await askToJoin(token, wanted, watch)).toEqual(bundle)
  expect(asked).toEqual([
    {
      path: '/v1/hosts/admit',
      authorization: 'Bearer hwd_id_secret',
      body: JSON.stringify(wanted),
    },
  ])
})

test('a daemon of another authority is not asked, and does not see the token', async () => {
  const { asked, port } = await openHost(bundle)
  expect(await failure(tokenFor(port, 'ab'.repeat(32)))).toMatchObject({ code: 'DAEMON_UNTRUSTED' })
  expect(asked).toEqual([])
})

test('a token that has ended is told as that, and another refusal as the host says it', async () => {
  const ended = await openHost(new AppError('UNAUTHENTICATED', 'the token is not good'), 401)
  expect(await failure(tokenFor(ended.port, ended.fingerprint))).toMatchObject({
    code: 'JOIN_REFUSED',
  })
  const taken = await openHost(new AppError('HOST_EXISTS', 'there is a host “h2”'), 409)
  expect(await failure(tokenFor(taken.port, taken.fingerprint))).toMatchObject({
    code: 'HOST_EXISTS',
    message: 'there is a host “h2”',
  })
})

test('where no host answers, the first that did not is named', async () => {
  const token = tokenFor(await freePort('127.0.0.1'), 'ab'.repeat(32))
  const error = await failure(token)
  expect(error?.code).toBe('DAEMON_UNREACHABLE')
  expect(error?.message).toContain('127.0.0.1')
})
