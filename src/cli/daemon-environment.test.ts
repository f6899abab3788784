import { expect, test } from 'vitest'
import { daemonEnvironment } from './daemon-environment.ts'

test('a daemon keeps what finds programs, folders, proxies and certificates, in either case where both are read', () => {
  const env = {
    PATH: '/bin',
    HOME: '/root',
    USER: 'root',
    LOGNAME: 'root',
    LANG: 'C',
    LC_TIME: 'de',
    TZ: 'UTC',
    TMPDIR: '/t',
    http_proxy: 'p',
    HTTPS_PROXY: 'p',
    no_proxy: 'x',
    NO_PROXY: 'x',
    npm_config_registry: 'r',
    NPM_CONFIG_CACHE: 'c',
    NODE_EXTRA_CA_CERTS: '/ca',
    SSL_CERT_FILE: '/ca',
    XDG_STATE_HOME: '/s',
    HOWDAH_HOME: '/h',
  }
  expect(daemonEnvironment(env)).toEqual(env)
})

test('nothing else of the shell goes along: no token, no PG variable, no option for node', () => {
  const env = {
    AWS_SECRET_ACCESS_KEY: 's',
    GITHUB_TOKEN: 's',
    PGSSLMODE: 'disable',
    PGOPTIONS: '-c x=y',
    NODE_OPTIONS: '--require /x',
    LD_PRELOAD: '/x.so',
    Http_Proxy: 'p',
    MY_PATH: '/x',
    LANG: undefined,
  }
  expect(daemonEnvironment(env)).toEqual({})
})
