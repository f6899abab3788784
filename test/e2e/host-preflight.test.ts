import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { join } from 'node:path'
import type { PreflightFinding } from '../../src/contract/host.ts'
import { type Hosts, openHosts } from '../hosts/open-hosts.ts'
import { obstacles } from '../hosts/preflight.ts'
import { runFolder } from '../support/lab/run-folder.ts'
import { until } from '../support/lab/until.ts'

const [reason] = obstacles({ suite: 'host' })
const isCi = process.env['CI'] === 'true' && process.geteuid?.() === 0
if (reason && isCi) throw new Error(`CI must run these tests: ${reason}`)
const title = (what: string): string => (reason ? `${what} (skipped: ${reason})` : what)

/** Run in a host: looks at it as the daemon would, and prints the findings. */
const script = `
const { preflight } = await import('/opt/howdah/src/daemon/host/preflight.ts')
const { home, address, reach } = JSON.parse(process.argv[1])
const ports = { api: 7432, etcdClient: 7433, etcdPeer: 7434, etcdMetrics: 7435 }
const asked = { host: { name: 'h1', address }, reach }
const watch = { signal: new AbortController().signal, report: () => {} }
console.log(JSON.stringify(await preflight({ home, ports }, asked, watch)))
`

/** A server that tells by its file that it listens. */
const listen = (address: string, port: number, file: string): string[] => [
  'node',
  '-e',
  `require('node:net').createServer().listen(${port}, '${address}', () => require('node:fs').writeFileSync('${file}', ''))`,
]

describe.skipIf(reason)(title('a machine that is to be a host'), () => {
  let hosts: Hosts
  beforeAll(async () => {
    process.env['HOWDAH_LAB'] = join(runFolder(), 'labs')
    hosts = await openHosts({ hosts: 2, suite: 'host' })
  })
  afterAll(async () => {
    await hosts?.[Symbol.asyncDispose]()
  })

  const addressOf = (name: string): string =>
    hosts.state().hosts.find((host) => host.name === name)?.address ?? ''
  const look = async (asked: object = {}): Promise<PreflightFinding[]> => {
    const all = { home: '/var/lib/howdah', address: addressOf('h1'), reach: [], ...asked }
    const args = ['node', '--input-type=module', '-e', script, JSON.stringify(all)]
    const { stdout, stderr, status } = await hosts.run('h1', args)
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as PreflightFinding[]
  }
  const about = async (what: string, asked?: object) =>
    (await look(asked)).filter((finding) => finding.about === what)
  const startedIn = async (host: string, address: string, port: number): Promise<Disposable> => {
    const file = `/run/listens-${port}`
    const child = hosts.start(host, listen(address, port, file))
    await until(
      'it listens',
      async () => (await hosts.run(host, ['test', '-e', file])).status === 0,
    )
    return { [Symbol.dispose]: () => void child.kill() }
  }

  test('is looked at in every respect, and is fit', async () => {
    const found = await look()
    const all = ['system', 'clock', 'ports', 'disk', 'memory', 'names', 'postgres', 'network']
    expect([...new Set(found.map((finding) => finding.about))]).toEqual(all)
    expect(found.filter(({ verdict }) => verdict === 'refused')).toEqual([])
  })

  test('is refused while a port is taken, with the program that has it', async () => {
    using _server = await startedIn('h1', '0.0.0.0', 7434)
    expect(await about('ports')).toEqual([
      {
        about: 'ports',
        verdict: 'refused',
        sentence: expect.stringMatching(/^Port 7434 of .* is taken by node \(pid \d+\)/) as string,
      },
    ])
  })

  test('has nobody’s address but its own', async () => {
    expect(await about('network', { address: addressOf('h2') })).toMatchObject([
      { verdict: 'refused', sentence: expect.stringContaining(addressOf('h1')) as string },
    ])
  })

  test('is refused while it does not reach the cluster', async () => {
    const reach = [{ host: addressOf('h2'), port: 7433 }]
    expect(await about('network', { reach })).toMatchObject([{ verdict: 'refused' }])
    using _server = await startedIn('h2', addressOf('h2'), 7433)
    expect(await about('network', { reach })).toMatchObject([{ verdict: 'fine' }])
    hosts.cut({ from: ['h1'], to: ['h2'] })
    expect(await about('network', { reach })).toMatchObject([{ verdict: 'refused' }])
    hosts.heal()
  })
})
