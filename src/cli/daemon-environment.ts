type Environment = Readonly<Record<string, string | undefined>>

/** What the daemon and the npm that it runs need: finding programs, language, time, folders, a proxy, certificates. */
const names = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
])
const proxies = new Set(['http_proxy', 'https_proxy', 'no_proxy'])
const prefixes = ['LC_', 'XDG_', 'HOWDAH_', 'npm_config_', 'NPM_CONFIG_']

/**
 * The part of a shell's environment that a daemon in the background keeps. It lives for months and starts other people's
 * scripts: a token or a PG* variable of the shell that happened to start it has no business there.
 */
export function daemonEnvironment(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && isForDaemon(name)) kept[name] = value
  }
  return kept
}

const isForDaemon = (name: string): boolean =>
  names.has(name) ||
  (proxies.has(name.toLowerCase()) && isOneCase(name)) ||
  prefixes.some((prefix) => name.startsWith(prefix))

/** Programs read `http_proxy` and `HTTP_PROXY`, and nothing in between. */
const isOneCase = (name: string): boolean =>
  name === name.toLowerCase() || name === name.toUpperCase()
