import { existsSync } from 'node:fs'
import { EDGE, GATEWAY, PROXY_PORT, SUBNET, addressOf } from './names.ts'
import type { LabFile } from './lab-file.ts'

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

/** What every process of a host finds in its environment, as text that a shell reads. */
export function hostEnvironment(lab: LabFile): string {
  const values = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...proxyEnvironment(lab),
    ...(existsSync(BUNDLE) ? { NODE_EXTRA_CA_CERTS: BUNDLE } : {}),
    // For `lab skew`: only the wall clock is moved, running programs look again each second, and no file in /dev/shm.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DISABLE_SHM: '1',
  }
  return Object.entries(values)
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('')
}

/** The way out of the lab, by every name under which programs look for it. Inside the lab nothing goes through it. */
export function proxyEnvironment(lab: LabFile): Record<string, string> {
  const proxy = `http://${GATEWAY}:${PROXY_PORT}`
  const places = lab.hosts.flatMap(({ name, address }) => [name, address])
  const direct = ['localhost', '127.0.0.1', SUBNET, EDGE, addressOf(EDGE), ...places].join(',')
  const values = { http_proxy: proxy, https_proxy: proxy, no_proxy: direct }
  const upper = Object.entries(values).map(([name, value]) => [name.toUpperCase(), value])
  return { ...values, ...Object.fromEntries(upper), NODE_USE_ENV_PROXY: '1' }
}

/** /etc/hosts of every host and of `edge`. */
export function hostsFile(lab: LabFile): string {
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    `${addressOf(EDGE)} ${EDGE}`,
    ...lab.hosts.map(({ name, address }) => `${address} ${name}`),
  ]
  return `${lines.join('\n')}\n`
}
