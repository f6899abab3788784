import { parseArgs } from 'node:util'
import { parseBytes, parseDurationMs } from '../../src/compose/amounts.ts'
import { type LabFile, suites } from './lab-file.ts'
import { EDGE } from './names.ts'
import { Refusal } from './refusal.ts'

/** Every flag of the lab's commands; each command reads its own. */
const options = {
  name: { type: 'string', default: 'lab1' },
  suite: { type: 'string', default: 'trixie' },
  fs: { type: 'string', default: 'ext4' },
  disk: { type: 'string' },
  memory: { type: 'string' },
  zone: { type: 'string' },
  checkout: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  from: { type: 'string' },
  port: { type: 'string' },
  'one-way': { type: 'boolean', default: false },
  ms: { type: 'string' },
  loss: { type: 'string' },
  iops: { type: 'string' },
  leave: { type: 'string', default: '0' },
  system: { type: 'boolean', default: false },
  undo: { type: 'boolean', default: false },
  all: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** The words and flags of a command line, and what stands after `--`. A span such as -5m is a word. */
export function readArguments(line: readonly string[]) {
  const end = line.indexOf('--')
  const [own, inner] = end < 0 ? [line, []] : [line.slice(0, end), line.slice(end + 1)]
  const spans = own.filter((word) => /^[+-]\d/.test(word))
  const args = own.filter((word) => !spans.includes(word))
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { values, words: [...positionals, ...spans], inner }
  } catch (error) {
    throw new Refusal((error as Error).message)
  }
}

export type Flags = ReturnType<typeof readArguments>['values']

export function readSuite(text: string) {
  const suite = suites.find((known) => known === text)
  if (suite) return suite
  throw new Refusal(`--suite takes ${suites.join(', ')}, and ${text} is none`)
}

export function readFilesystem(text: string): LabFile['filesystem'] {
  if (text === 'ext4' || text === 'xfs') return text
  throw new Refusal(`--fs takes ext4 or xfs, and ${text} is neither`)
}

/** `4G`, `10MB/s`; undefined when the flag is not there. */
export function readBytes(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const bytes = parseBytes(text.replace(/\/s$/, ''))
  if (bytes !== undefined) return bytes
  throw new Refusal(`--${flag} takes a size such as 512M or 4G, and ${text} is none`)
}

/** `100`, `5%`; undefined when the flag is not there. */
export function readNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text.replace(/(%|ms)$/, ''))
  if (Number.isFinite(number) && number >= 0) return number
  throw new Refusal(`--${flag} takes a number, and ${text} is none`)
}

/** `+5m`, `-1h`, `0`: how far a clock is to be ahead. `off` is undefined. */
export function readSkewMs(text: string | undefined): number | undefined {
  if (text === 'off') return undefined
  const [, sign, span = ''] = /^([+-]?)(.+)$/.exec(text ?? '') ?? []
  const spanMs = Number(span) === 0 ? 0 : parseDurationMs(span)
  if (spanMs !== undefined) return sign === '-' ? -spanMs : spanMs
  throw new Refusal('skew takes a span such as +5m, -1h or 0, or off')
}

export const readPorts = (text: string | undefined): number[] | undefined =>
  text?.split(',').map((port) => readNumber('port', port) ?? 0)

/** The hosts that a word means: `h1`, `h1,h3`, `zone=a`, `all`; `edge` where a place is asked for. */
export function readPlaces(lab: LabFile, word: string | undefined, withEdge = false): string[] {
  const known = lab.hosts.map(({ name }) => name)
  if (word === 'all') return known
  const [, zone] = /^zone=(.+)$/.exec(word ?? '') ?? []
  const found = zone
    ? lab.hosts.filter((host) => host.zone === zone).map(({ name }) => name)
    : (word ?? '').split(',')
  const allowed = withEdge ? [...known, EDGE] : known
  if (found.length > 0 && found.every((name) => allowed.includes(name))) return found
  throw new Refusal(`which host? lab ${lab.name} has ${allowed.join(', ')}; a zone is zone=NAME`)
}
