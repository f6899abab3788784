import { BackupPolicy } from '../contract/backup-policy.ts'
import { parseBytes, parseCount, parseDurationMs } from './amounts.ts'
import { amountAt, isUnresolved, scalarAt } from './fields.ts'
import type { Findings } from './findings.ts'
import { didYouMean } from './suggest.ts'
import { child, type Mapping, type Node } from './tree.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Work that is due more often would do nothing else. */
const LEAST_EVERY_MS = 60_000
/** Sixteen WAL files as servers have them unless told otherwise: fewer can wait in any burst of writing. */
const LEAST_BACKLOG_MIB = 256

const keys = [
  'every',
  'at',
  'keep',
  'keep-bases',
  'keep-removed',
  'backlog',
  'drill',
  'repository',
  'offsite',
  'full-every',
]
const span = 'a duration like 6h, 1d or 2w'

/** What `backups:` asks for, with the defaults for what it leaves out; nothing when a service has none. */
export function readBackups(options: Mapping, findings: Findings): BackupPolicy | undefined {
  const node = child(options, 'backups')
  if (!node) return undefined
  if (node.kind !== 'mapping') {
    findings.problem(node.at, '`backups` is a mapping, such as `keep: 14d`.')
    return undefined
  }
  for (const [key, { at }] of node.entries) {
    if (keys.includes(key)) continue
    const hint = didYouMean(key, keys) || ` It has: ${keys.join(', ')}.`
    findings.problem(at, `"${key}" is not an option of backups.${hint}`)
  }
  const policy = BackupPolicy.parse(written(node, findings))
  checkTogether(node, policy, findings)
  return policy
}

function written(node: Mapping, findings: Findings): Record<string, unknown> {
  const asked: Record<keyof BackupPolicy, unknown> = {
    everyMs: amountAt(node, 'every', often, `${span}, 1m at least,`, findings),
    at: timeAt(node, findings),
    keepMs: durationAt(node, 'keep', findings),
    keepBases: amountAt(
      node,
      'keep-bases',
      positive(parseCount),
      'a whole number from 1',
      findings,
    ),
    keepRemovedMs: durationAt(node, 'keep-removed', findings),
    backlogBytes: amountAt(
      node,
      'backlog',
      enoughFiles,
      `a size like 4GB, ${LEAST_BACKLOG_MIB}MB at least,`,
      findings,
    ),
    drillEveryMs: amountAt(node, 'drill', orOff(often), `${span}, or off,`, findings),
    repository: nameAt(node, 'repository', findings),
    offsite: nameAt(node, 'offsite', findings),
    fullEveryMs: durationAt(node, 'full-every', findings),
  }
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
}

/** What no key alone shows. */
function checkTogether(node: Mapping, policy: BackupPolicy, findings: Findings): void {
  const { everyMs, keepMs, at } = policy
  const place = (key: string): Node | undefined => child(node, key)
  if (keepMs < everyMs) {
    const where = place('keep') ?? place('every') ?? node
    findings.problem(
      where.at,
      '`keep` is shorter than `every`: what is kept must reach back to the last base backup at least.',
    )
  }
  if (at !== undefined && DAY_MS % everyMs !== 0 && everyMs % DAY_MS !== 0) {
    findings.problem(
      (place('at') ?? node).at,
      '`at` needs an `every` of whole days, or one that a day can be divided by, such as 6h.',
    )
  }
}

/** `5m`, or `off` as 0; anything else is a problem. Nothing when the key is absent. */
export function durationOrOffAt(
  node: Mapping,
  key: string,
  findings: Findings,
): number | undefined {
  return amountAt(node, key, orOff(positive(parseDurationMs)), `${span}, or off,`, findings)
}

/** A positive duration; anything else is a problem. */
export function durationAt(node: Mapping, key: string, findings: Findings): number | undefined {
  return amountAt(node, key, positive(parseDurationMs), span, findings)
}

function timeAt(node: Mapping, findings: Findings): string | undefined {
  const scalar = scalarAt(node, 'at', findings)
  if (!scalar || isUnresolved(scalar)) return undefined
  const time = BackupPolicy.shape.at.safeParse(scalar.source)
  if (time.success) return time.data
  findings.problem(
    scalar.at,
    `"${scalar.source}" is not a time of the day in UTC, such as "03:15".`,
  )
  return undefined
}

function nameAt(node: Mapping, key: string, findings: Findings): string | undefined {
  const scalar = scalarAt(node, key, findings)
  if (!scalar || isUnresolved(scalar)) return undefined
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/.test(scalar.text)) return scalar.text
  findings.problem(scalar.at, `"${scalar.text}" cannot be the name of a repository.`)
  return undefined
}

type Parse = (text: string) => number | undefined

/** Only what is more than nothing. */
export const positive =
  (parse: Parse): Parse =>
  (text) => {
    const amount = parse(text)
    return amount !== undefined && amount > 0 ? amount : undefined
  }

const orOff =
  (parse: Parse): Parse =>
  (text) =>
    text === 'off' || text === 'false' ? 0 : parse(text)

const enoughFiles: Parse = (text) => {
  const size = parseBytes(text)
  return size !== undefined && size >= LEAST_BACKLOG_MIB * 1024 * 1024 ? size : undefined
}

const often: Parse = (text) => {
  const spanMs = parseDurationMs(text)
  return spanMs !== undefined && spanMs >= LEAST_EVERY_MS ? spanMs : undefined
}
