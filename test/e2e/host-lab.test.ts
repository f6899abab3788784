import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { machineScripts } from '../hosts/keeper.ts'
import { hasOwnRoot } from '../hosts/own-disk.ts'
import { type Hosts, openHosts } from '../hosts/open-hosts.ts'
import { obstacles } from '../hosts/preflight.ts'
import { groupsOf } from '../hosts/groups.ts'
import { runFolder } from '../support/lab/run-folder.ts'
import { until } from '../support/lab/until.ts'

const [reason] = obstacles({ suite: 'host' })
const isCi = process.env['CI'] === 'true' && process.geteuid?.() === 0
if (reason && isCi) throw new Error(`CI must run these tests: ${reason}`)
const title = (what: string): string => (reason ? `${what} (skipped: ${reason})` : what)

const DISK_BYTES = 400 * 1024 ** 2
/** What a cut may take to show: far above a round trip of a bridge, far below a test's patience. */
const PING = ['ping', '-c', '1', '-W', '2']

beforeAll(() => {
  process.env['HOWDAH_LAB'] = join(runFolder(), 'labs')
})

describe.skipIf(reason)(title('two hosts on one machine'), () => {
  let hosts: Hosts

  beforeAll(async () => {
    hosts = await openHosts({ hosts: 2, suite: 'host', diskBytes: DISK_BYTES, zones: ['a', 'b'] })
  })
  afterAll(async () => {
    await hosts?.[Symbol.asyncDispose]()
  })

  const sh = async (place: string, script: string): Promise<string> => {
    const { status, stdout, stderr } = await hosts.run(place, ['sh', '-c', script])
    if (status !== 0) throw new Error(`${script} in ${place} ended with ${status}: ${stderr}`)
    return stdout.trim()
  }
  const reaches = async (from: string, to: string): Promise<boolean> =>
    (await hosts.run(from, [...PING, to])).status === 0

  test('hosts and the edge reach each other by name', async () => {
    for (const [from, to] of [
      ['h1', 'h2'],
      ['h2', 'h1'],
      ['h1', 'edge'],
      ['edge', 'h2'],
    ] as const) {
      expect(await reaches(from, to), `${from} to ${to}`).toBe(true)
    }
  })

  test('a host has processes, a name, a zone and a root of its own, and Howdah to run', async () => {
    expect(await sh('h1', 'hostname; cat /etc/howdah-lab/zone; ps -o args= -p 1')).toBe(
      'h1\na\n/bin/sh /run/howdah-lab/pid1',
    )
    await sh('h1', 'echo mine > /etc/only-here')
    expect(existsSync('/etc/only-here')).toBe(false)
    expect(await sh('h2', 'ls /etc/only-here || echo none')).toBe('none')
    expect(await sh('h1', 'howdah --version')).toMatch(/^\d+\.\d+\.\d+$/)
    expect(await sh('h1', 'touch /opt/howdah/x 2>&1 || echo refused')).toContain('refused')
  })

  test('every account of a host can make semaphores, and no package starts a service', async () => {
    expect(await sh('h1', 'stat -f -c %T /dev/shm; stat -c %a /dev/shm')).toBe('tmpfs\n1777')
    expect(await sh('h1', '/usr/sbin/policy-rc.d || echo $?')).toBe('101')
  })

  test('the way out of the lab is the proxy on the switch', async () => {
    await using web = await localWebServer()
    const script = `fetch('http://127.0.0.2:${web.port}/').then((r) => r.text()).then(console.log)`
    expect(await sh('h1', `node -e "${script}"`)).toBe('outside')
    hosts.cut({ from: ['h1'] })
    expect(await sh('h1', `timeout 3 node -e "${script}" 2>/dev/null || echo cut`)).toBe('cut')
    hosts.heal()
  })

  test('a one-way cut drops one way, until it is healed', async () => {
    // What is said by UDP needs no answer.
    const heard = '/var/lib/howdah/heard'
    const listen = `const s = require('node:dgram').createSocket('udp4')
      s.on('message', (m) => require('node:fs').appendFileSync('${heard}', m + '\\n')).bind(9000)`
    const listeners = ['h1', 'h2'].map((host) => hosts.start(host, ['node', '-e', listen]))
    const say = (from: string, to: string, word: string) =>
      sh(
        from,
        `node -e "const s = require('node:dgram').createSocket('udp4'); s.send('${word}', 9000, '${to}', () => s.close())"`,
      )
    const hears = (host: string, word: string) =>
      sh(host, `grep -qx ${word} ${heard} 2>/dev/null && echo yes || echo no`)
    const saidUntilHeard = (from: string, to: string, word: string) =>
      until(`${to} hears ${word}`, async () => {
        await say(from, to, word)
        return (await hears(to, word)) === 'yes'
      })

    await saidUntilHeard('h1', 'h2', 'first')
    await saidUntilHeard('h2', 'h1', 'first')
    hosts.cut({ from: ['h1'], to: ['h2'], isOneWay: true })
    await say('h1', 'h2', 'dropped')
    await saidUntilHeard('h2', 'h1', 'passes')
    expect(await reaches('h1', 'edge')).toBe(true)
    hosts.heal('h1', 'h2')
    await saidUntilHeard('h1', 'h2', 'healed')
    expect(await hears('h2', 'dropped')).toBe('no')
    for (const child of listeners) child.kill()
    await Promise.all(listeners.map((child) => once(child, 'close')))
  })

  test('a slow cable delays every round trip, and loses what it is told to', async () => {
    const roundTripMs = async () => {
      const said = await sh('edge', 'ping -c 3 -i 0.2 -W 5 h1')
      return Number(/= ([\d.]+)\//.exec(said)?.[1])
    }
    await hosts.slow('h1', { roundTripMs: 80 })
    expect(await roundTripMs()).toBeGreaterThanOrEqual(80)
    await hosts.slow('h1', { lossPercent: 100 })
    expect(await reaches('edge', 'h1')).toBe(false)
    await hosts.fast('h1')
    expect(await reaches('edge', 'h1')).toBe(true)
  })

  test('power loss keeps what was synced, loses what was not, and tells no peer', async () => {
    await sh('h1', 'cd /var/lib/howdah && echo kept > kept && sync -f kept && echo lost > lost')
    await hosts.powerOff('h1')
    expect(hosts.state().hosts[0]?.state).toBe('off')
    expect(await reaches('h2', 'h1')).toBe(false)
    await hosts.boot('h1')
    expect(
      await sh('h1', 'cd /var/lib/howdah && cat kept && ls lost 2>/dev/null || echo gone'),
    ).toBe('kept\ngone')
    expect(await reaches('h2', 'h1')).toBe(true)
  })

  test('a reboot ends every process, keeps the disks and starts what boots', async () => {
    await sh(
      'h1',
      `echo '#!/bin/sh\necho booted >>/var/lib/howdah/boots' > /etc/howdah-lab/boot.d/mine
       chmod +x /etc/howdah-lab/boot.d/mine
       setsid sleep 54321 >/dev/null 2>&1 </dev/null &`,
    )
    const before = hosts.state().hosts[0]?.pid
    // Its own command dies with it.
    await hosts.run('h1', ['sh', '-c', 'reboot; sleep 300'])
    await until('h1 booted', () => {
      const [host] = hosts.state().hosts
      return host?.state === 'up' && host.pid !== before
    })
    await until(
      'what boots',
      async () => (await sh('h1', 'cat /var/lib/howdah/boots')) === 'booted',
    )
    expect(await sh('h1', 'pgrep -x sleep -a | grep 54321 || echo gone')).toBe('gone')
    await hosts.reboot('h1')
    await until('what boots', async () => (await sh('h1', 'wc -l < /var/lib/howdah/boots')) === '2')
  })

  test('a full disk is full within its host alone', async () => {
    const before = hosts.freeBytes('h1') ?? 0
    expect(hosts.fill('h1', 1024 * 1024)).toBeLessThanOrEqual(1024 * 1024)
    hosts.fill('h1', 0)
    const write = 'dd if=/dev/zero of=/var/lib/howdah/x bs=64k count=16 conv=fsync 2>&1 || true'
    expect(await sh('h1', write)).toContain('No space left on device')
    expect(await sh('h2', write)).not.toContain('No space')
    expect(await sh('h1', 'echo well > /root/x && cat /root/x')).toBe('well')
    await sh('h1', 'rm -f /var/lib/howdah/x')
    expect(hosts.empty('h1')).toBe(before)
  })

  test('a frozen host neither runs nor answers, and goes on where it was', async () => {
    await sh(
      'h2',
      `(while :; do date +%s%N > /run/beat; sleep 0.01; done) >/dev/null 2>&1 </dev/null &`,
    )
    const root = `/proc/${hosts.state().hosts[1]?.pid}/root`
    const beat = () => readFileSync(join(root, 'run/beat'), 'utf8')
    await until('a beat', () => existsSync(join(root, 'run/beat')))
    await hosts.freeze('h2')
    expect(hosts.state().hosts[1]?.state).toBe('frozen')
    const frozenAt = beat()
    expect(await reaches('edge', 'h2')).toBe(false)
    expect(beat()).toBe(frozenAt)
    await hosts.thaw('h2')
    await until('it goes on', () => beat() !== frozenAt && beat() !== '')
    expect(await reaches('edge', 'h2')).toBe(true)
  })

  const hasFaketime = existsSync('/usr/lib') && faketimeHere()
  test.skipIf(!hasFaketime && !isCi)('a skewed clock is one host’s own', async () => {
    await hosts.skew('h1', 3_600_000)
    const [ahead, here] = [await sh('h1', 'date +%s'), await sh('h2', 'date +%s')]
    expect(Number(ahead) - Number(here)).toBeGreaterThan(3500)
    await hosts.skew('h1', undefined)
    expect(existsSync('/etc/faketimerc')).toBe(false)
    expect(Number(await sh('h1', 'date +%s')) - Number(here)).toBeLessThan(3000)
  })

  test('what is not proven to be a host’s is neither written to nor cut off', async () => {
    expect(hasOwnRoot(hosts.lab, 'h1', process.pid)).toBe(false)
    expect(hasOwnRoot(hosts.lab, 'h1', hosts.state().hosts[1]?.pid ?? 0)).toBe(false)
    expect(hasOwnRoot(hosts.lab, 'h1', hosts.state().hosts[0]?.pid ?? 0)).toBe(true)
    // A tmpfs, which could not be cut off by mistake either.
    const cut = [join(machineScripts, 'power-cut.pl'), hosts.lab.folder, '/dev/shm']
    const { status, stderr } = spawnSync('perl', cut, { encoding: 'utf8' })
    expect(status).not.toBe(0)
    expect(stderr).toBe(`/dev/shm is no disk of ${hosts.lab.folder}\n`)
  })

  test('a host that is off is refused, and nothing is written anywhere', async () => {
    await hosts.powerOff('h2')
    await expect(hosts.skew('h2', 1000)).rejects.toThrow('h2 is off')
    expect(() => hosts.fill('h2', 0)).toThrow('h2 is off')
    await expect(hosts.powerOff('h2')).rejects.toThrow('h2 is off')
    await hosts.boot('h2')
  })

  test('a disk that is slow is slow for its host', async () => {
    const limits = () => execFileSync('sh', ['-c', `cat ${throttles()} 2>/dev/null`]).toString()
    const throttles = () =>
      groupsOf(hosts.lab.name, 'h1')
        .flatMap((group) => [`${group}/io.max`, `${group}/blkio.throttle.write_bps_device`])
        .filter((file) => existsSync(file))
        .join(' ')
    expect(throttles()).not.toBe('')
    await hosts.slow('h1', { diskBytesPerSecond: 1_000_000 })
    expect(limits()).toContain('1000000')
    await hosts.fast('h1')
    expect(limits()).not.toContain('1000000')
  })
})

/** A web server of this machine, on an address that inside a host means the host itself. */
async function localWebServer() {
  const server = createServer((_, answer) => answer.end('outside'))
  server.listen(0, '127.0.0.2')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function faketimeHere(): boolean {
  return readdirSync('/usr/lib').some((name) => existsSync(`/usr/lib/${name}/faketime`))
}
