import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../src/system/ports.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly retryAfter: string | undefined
}

/** One call over HTTPS, with the certificate and its names checked against the home's authority. */
const call = (lab: Lab, port: number, path: string, token?: string, method = 'GET') =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        ca: readFileSync(join(lab.home, 'ca', 'ca.crt')),
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
      },
      (reply) => {
        let text = ''
        reply.setEncoding('utf8')
        reply.on('data', (part: string) => (text += part))
        reply.on('end', () => {
          const body: unknown = JSON.parse(text)
          resolve({ status: reply.statusCode ?? 0, body, retryAfter: reply.headers['retry-after'] })
        })
      },
    )
    sent.on('error', reject)
    sent.end(method === 'GET' ? undefined : '{"instances":false}')
  })

test('the API is served over verified TLS to who has a token, and to nobody else', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const port = await freePort('127.0.0.1')
  await lab.api.listen({ address: '127.0.0.1', port, names: [] })
  const { secret } = await lab.api.createToken({ name: 'ci', role: 'viewer' })

  expect(await call(lab, port, '/v1/instances', secret)).toMatchObject({ status: 200, body: [] })
  expect(await call(lab, port, '/v1/instances')).toMatchObject({
    status: 401,
    body: { code: 'UNAUTHENTICATED' },
  })
  expect(await call(lab, port, '/v1/daemon/stop', secret, 'POST')).toMatchObject({ status: 403 })
  expect(await call(lab, port, '/v1/tokens', secret)).toMatchObject({
    status: 403,
    body: { code: 'FORBIDDEN' },
  })
  await lab.api.removeToken({ name: 'ci' })
  expect(await call(lab, port, '/v1/instances', secret)).toMatchObject({ status: 401 })
})

test('an address with many wrong tokens must wait, is told of once, and does not shut out a good one', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const port = await freePort('127.0.0.1')
  await lab.api.listen({ address: '127.0.0.1', port, names: [] })
  const { secret } = await lab.api.createToken({ name: 'ci', role: 'viewer' })
  const answers: Answer[] = []
  for (let n = 0; n < 14; n++) answers.push(await call(lab, port, '/v1/instances', 'hwd_wrong'))
  expect(answers.slice(0, 10).map((a) => a.status)).toEqual(Array.from({ length: 10 }, () => 401))
  expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'TOO_MANY_ATTEMPTS' } })
  expect(Number(answers.at(-1)?.retryAfter)).toBeGreaterThan(0)
  expect((await call(lab, port, '/v1/instances', secret)).status).toBe(200)
  const events = await lab.api.listEvents({ limit: 100 })
  expect(events.filter((e) => e.kind === 'login-refused')).toHaveLength(1)
})

test('where it is served holds after a restart; off ends it, and an address that is taken is refused', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const port = await freePort('127.0.0.1')
  const served = await lab.api.listen({ address: '127.0.0.1', port, names: ['db.example'] })
  const taken = lab.api.listen({ address: '203.0.113.1', port, names: [] })
  await expect(taken).rejects.toMatchObject({ code: 'CANNOT_LISTEN' })
  expect((await lab.api.getListening({})).listening).toEqual(served)
  expect((await lab.howdah(['daemon', 'stop'])).status).toBe(0)
  await lab.startDaemon()
  const { secret } = await lab.api.createToken({ name: 'ci', role: 'viewer' })
  expect((await call(lab, port, '/v1/instances', secret)).status).toBe(200)
  expect(await lab.api.stopListening({})).toEqual({ stopped: true })
  await expect(call(lab, port, '/v1/instances', secret)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
  expect((await lab.api.getListening({})).listening).toBe(undefined)
})
