import type { z } from 'zod'
import type { BackupPolicy } from '../contract/backup-policy.ts'
import { SnapshotName } from '../contract/names.ts'
import type { BranchWanted, Settings, VersionWanted } from '../contract/project.ts'
import { parseBytes, parseCpus } from './amounts.ts'
import { durationOrOffAt, positive, readBackups } from './backups.ts'
import { readBranchOf } from './branch-of.ts'
import { amountAt, booleanAt, isUnresolved, scalarAt, textsOf } from './fields.ts'
import type { Findings } from './findings.ts'
import { readVersion } from './image.ts'
import { didYouMean } from './suggest.ts'
import { child, type Mapping, type Node } from './tree.ts'

/** What `x-howdah-postgres` or `x-defang-postgres` asks for. */
export interface Extension {
  readonly allowDowntime: boolean
  readonly fromSnapshot?: string
  readonly memoryBytes?: number
  readonly cpus?: number
  readonly tls: 'optional' | 'required'
  readonly settings: z.output<typeof Settings>
  readonly version?: z.output<typeof VersionWanted>
  readonly extensions: readonly string[]
  readonly backups?: BackupPolicy
  /** 0: never. */
  readonly suspendAfterMs?: number
  readonly branchOf?: BranchWanted
}

const ours = 'x-howdah-postgres'
const defangs = 'x-defang-postgres'
const shared = ['allow-downtime', 'from-snapshot']
const keysOf = {
  [ours]: [
    ...shared,
    'memory',
    'cpus',
    'tls',
    'settings',
    'version',
    'extensions',
    'backups',
    'suspend-after',
    'branch-of',
    'expires',
  ],
  [defangs]: shared,
}
const defaults: Extension = { allowDowntime: false, tls: 'optional', settings: {}, extensions: [] }

export type ExtensionReading = 'absent' | 'off' | Extension

/** Reads whichever of the two keys a service has; ours when it has both. */
export function readExtension(
  name: string,
  service: Mapping,
  findings: Findings,
): ExtensionReading {
  const own = service.entries.get(ours)
  const theirs = service.entries.get(defangs)
  if (own && theirs) {
    findings.note(theirs.at, `service "${name}" has ${ours} too, which is the one that counts.`)
  }
  if (own) return readForm(ours, own.value, findings)
  return theirs ? readForm(defangs, theirs.value, findings) : 'absent'
}

function readForm(key: keyof typeof keysOf, node: Node, findings: Findings): ExtensionReading {
  if (node.kind === 'mapping') return readOptions(key, node, findings)
  if (node.kind === 'scalar' && (node.type === 'null' || node.text === 'true')) return defaults
  if (node.kind === 'scalar' && node.text === 'false') return 'off'
  if (node.kind === 'scalar' && isUnresolved(node)) return defaults
  const found =
    node.kind === 'list' || node.type === 'number'
      ? `expected parameters in managed storage definition field, not a ${node.kind === 'list' ? 'list' : 'number'}`
      : `"${node.text}" is neither true nor false`
  findings.problem(node.at, `${key}: ${found}; write true, false, or a mapping of options.`)
  return defaults
}

function readOptions(key: keyof typeof keysOf, node: Mapping, findings: Findings): Extension {
  const known = keysOf[key]
  for (const [option, { at }] of node.entries) {
    if (known.includes(option)) continue
    const hint = didYouMean(option, known) || ` It has: ${known.join(', ')}.`
    findings.problem(at, `"${option}" is not an option of ${key}.${hint}`)
  }
  const options: { -readonly [Key in keyof Extension]: Extension[Key] } = { ...defaults }
  options.allowDowntime = booleanAt(node, 'allow-downtime', findings) ?? false
  const snapshot = scalarAt(node, 'from-snapshot', findings)
  if (snapshot && SnapshotName.safeParse(snapshot.text).success) {
    options.fromSnapshot = snapshot.text
  } else if (snapshot) {
    findings.problem(snapshot.at, `"${snapshot.text}" cannot be the name of a snapshot.`)
  }
  if (key === defangs) return options
  const memory = amountAt(node, 'memory', positive(parseBytes), 'a size like 512M or 2G', findings)
  if (memory !== undefined) options.memoryBytes = memory
  const cpus = amountAt(node, 'cpus', positive(parseCpus), 'a number like 0.5 or 2', findings)
  if (cpus !== undefined) options.cpus = cpus
  const tls = scalarAt(node, 'tls', findings)
  if (tls?.text === 'required') options.tls = 'required'
  else if (tls && tls.text !== 'optional') {
    findings.problem(tls.at, `"${tls.text}" is not a value of \`tls\`: write optional or required.`)
  }
  const wanted = scalarAt(node, 'version', findings)
  const version = wanted && readVersion(wanted.source.trim())
  if (typeof version === 'string') findings.problem(wanted!.at, version)
  else if (version) options.version = version
  options.settings = readSettings(child(node, 'settings'), findings)
  options.extensions = readExtensionNames(child(node, 'extensions'), findings)
  const backups = readBackups(node, findings)
  if (backups) options.backups = backups
  const suspendAfterMs = durationOrOffAt(node, 'suspend-after', findings)
  if (suspendAfterMs !== undefined) options.suspendAfterMs = suspendAfterMs
  const branchOf = readBranchOf(node, findings)
  if (branchOf) options.branchOf = branchOf
  return options
}

function readSettings(node: Node | undefined, findings: Findings): Record<string, string> {
  const settings: Record<string, string> = {}
  if (node && node.kind !== 'mapping') {
    findings.problem(node.at, '`settings` is a mapping, such as `max_connections: 200`.')
    return settings
  }
  for (const [name, { at, value }] of node?.entries ?? []) {
    if (value.kind !== 'scalar' || value.type === 'null') {
      findings.problem(at, `the setting ${name} needs one value.`)
    } else settings[name.toLowerCase()] = value.type === 'number' ? value.source : value.text
  }
  return settings
}

function readExtensionNames(node: Node | undefined, findings: Findings): string[] {
  const texts = textsOf(node)
  if (node && (node.kind !== 'list' || texts.length < node.items.length)) {
    findings.problem(node.at, '`extensions` is a list of names, such as [pg_trgm, vector].')
  }
  for (const { text, at } of texts) {
    if (!/^[\w-]+$/.test(text)) findings.problem(at, `"${text}" cannot be an extension’s name.`)
  }
  return texts.map(({ text }) => text)
}
