import type { InitdbOptions, Location } from '../contract/project.ts'
import type { Findings } from './findings.ts'
import { serverSettings } from './server-settings.ts'
import { shellWords } from './shell-words.ts'

/** What POSTGRES_INITDB_ARGS comes to: options for initdb, and settings for the ones that are only that. */
export interface InitdbArguments {
  options: InitdbOptions
  settings: Record<string, string>
}

type TextOption = Exclude<keyof InitdbOptions, 'localeProvider' | 'walSegmentSizeMib'>

const textOptions: Readonly<Record<string, TextOption>> = {
  encoding: 'encoding',
  locale: 'locale',
  'lc-collate': 'lcCollate',
  'lc-ctype': 'lcCtype',
  'lc-messages': 'lcMessages',
  'icu-locale': 'icuLocale',
  'icu-rules': 'icuRules',
  'builtin-locale': 'builtinLocale',
  'text-search-config': 'textSearchConfig',
}
const short: Readonly<Record<string, string>> = {
  E: 'encoding',
  T: 'text-search-config',
  A: 'auth',
  U: 'username',
  D: 'pgdata',
  X: 'waldir',
  c: 'set',
  k: 'data-checksums',
  N: 'no-sync',
  W: 'pwprompt',
  g: 'allow-group-access',
}
const settingOptions = ['lc-monetary', 'lc-numeric', 'lc-time']
/** Options without a value that change nothing here: checksums are always on, writes are always synced. */
const harmless = ['data-checksums', 'no-sync', 'no-instructions']
const providers = ['libc', 'icu', 'builtin'] as const
const flags = [...harmless, 'no-locale', 'no-data-checksums', 'pwprompt', 'allow-group-access']
const authentication = ['auth', 'auth-host', 'auth-local']

/** Reads `--name=value`, `--name value`, `-X value` and `-Xvalue`; what initdb is not given is refused by name. */
export function readInitdbArguments(
  text: string,
  at: Location,
  findings: Findings,
): InitdbArguments {
  const read: InitdbArguments = { options: {}, settings: {} }
  const words = shellWords(text)
  if (!words) findings.problem(at, 'POSTGRES_INITDB_ARGS: a quote is not closed.')
  const rest = [...(words ?? [])]
  while (rest.length > 0) {
    const word = rest.shift()!
    const found = /^(?:--([\w-]+)(?:=(.*))?|-(\w)(.*))$/s.exec(word)
    const name = found?.[1] ?? short[found?.[3] ?? '']
    if (!found || name === undefined) {
      findings.problem(at, `POSTGRES_INITDB_ARGS: "${word}" is not an option that is taken.`)
      continue
    }
    const attached = found[2] ?? (found[4] || undefined)
    const value = flags.includes(name) ? '' : (attached ?? rest.shift())
    if (value === undefined) {
      findings.problem(at, `POSTGRES_INITDB_ARGS: "${word}" needs a value after it.`)
    } else apply(name, value, read, at, findings)
  }
  return read
}

function apply(
  name: string,
  value: string,
  { options, settings }: InitdbArguments,
  at: Location,
  findings: Findings,
): void {
  const refuse = (why: string) => {
    findings.problem(at, `POSTGRES_INITDB_ARGS: --${name} ${why}`)
  }
  const text = Object.hasOwn(textOptions, name) ? textOptions[name] : undefined
  if (text) options[text] = value
  else if (name === 'no-locale') options.locale = 'C'
  else if (settingOptions.includes(name)) settings[name.replaceAll('-', '_')] = value
  else if (name === 'locale-provider') {
    const provider = providers.find((known) => known === value)
    if (provider) options.localeProvider = provider
    else refuse(`is one of ${providers.join(', ')}, not "${value}".`)
  } else if (name === 'wal-segsize') {
    const size = Number(value)
    // initdb's own rule: a power of two from 1 to 1024.
    if (size >= 1 && size <= 1024 && Number.isInteger(Math.log2(size))) {
      options.walSegmentSizeMib = size
    } else refuse(`is a power of two from 1 to 1024, not "${value}".`)
  } else if (name === 'set') {
    const cut = value.indexOf('=')
    const setting = { name: value.slice(0, cut).toLowerCase(), value: value.slice(cut + 1), at }
    if (cut < 1) refuse('has the form NAME=VALUE.')
    else Object.assign(settings, serverSettings([setting], findings))
  } else if (authentication.includes(name)) {
    if (value !== 'scram-sha-256' && value !== 'md5') {
      refuse(`may be scram-sha-256 only: connections always give a password. Remove "${value}".`)
    }
  } else if (name === 'no-data-checksums') {
    findings.note(at, 'data checksums are always on; --no-data-checksums is not used.')
  } else if (name === 'username' || name === 'pwfile' || name === 'pwprompt') {
    refuse('is not taken; set POSTGRES_USER and POSTGRES_PASSWORD instead.')
  } else if (!harmless.includes(name)) {
    refuse('is not taken: Howdah decides where and how the data is kept. Remove it.')
  }
}
