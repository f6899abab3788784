import type { Findings } from './findings.ts'
import * as known from './keys.ts'
import { didYouMean } from './suggest.ts'
import { child, type Mapping, type Node } from './tree.ts'

/** The contract's ServiceName. */
const serviceName = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/

/** Refuses what Compose refuses: unknown keys (unless they start with `x-`), and sections of the wrong form. */
export function checkKeys(root: Mapping, findings: Findings): void {
  check(root, known.topLevelKeys, 'the top level of a compose file', findings)
  for (const section of ['services', 'networks', 'volumes', 'secrets', 'configs']) {
    const node = child(root, section)
    if (node && node.kind !== 'mapping') {
      findings.problem(node.at, `\`${section}\` is a mapping: one \`name:\` per line below it.`)
    }
  }
  check(child(root, 'x-howdah'), known.projectKeys, 'x-howdah', findings)
  for (const section of ['secrets', 'configs']) {
    for (const [name, { value }] of entriesOf(child(root, section))) {
      check(value, known.secretKeys, `${section}.${name}`, findings)
    }
  }
  for (const [name, { at, value }] of entriesOf(child(root, 'services'))) {
    if (!serviceName.test(name)) {
      findings.problem(
        at,
        `"${name}" cannot name a service: use letters, digits, ".", "_" and "-", and start with a letter or digit.`,
      )
    }
    if (value.kind === 'mapping') checkService(name, value, findings)
  }
}

function checkService(name: string, service: Mapping, findings: Findings): void {
  check(service, known.serviceKeys, `service "${name}"`, findings)
  for (const [place, keys] of Object.entries(known.nestedKeys)) {
    const node = child(service, ...place.split('.'))
    if (node && node.kind !== 'mapping') {
      findings.problem(node.at, `\`${place}\` is a mapping: \`key: value\` lines below it.`)
    } else check(node, keys, `${place} of service "${name}"`, findings)
  }
  for (const [dependency, { value }] of entriesOf(child(service, 'depends_on'))) {
    check(value, known.dependencyKeys, `depends_on.${dependency} of service "${name}"`, findings)
  }
  for (const [key, { at }] of service.entries) checkExtension(key, at, findings)
}

function checkExtension(key: string, at: Mapping['at'], findings: Findings): void {
  if (key.startsWith('x-howdah') && !known.serviceExtensions.has(key)) {
    const hint = didYouMean(key, ['x-howdah-postgres']) || ' A service has x-howdah-postgres.'
    findings.problem(at, `"${key}" is not an extension that Howdah knows.${hint}`)
  }
  if (key.startsWith('x-defang') && !known.defangExtensions.has(key)) {
    const hint = didYouMean(key, known.defangExtensions) || ' Remove it.'
    findings.problem(at, `unsupported compose extension: "${key}".${hint}`)
  }
}

function check(
  node: Node | undefined,
  keys: ReadonlySet<string>,
  place: string,
  findings: Findings,
): void {
  for (const [key, { at }] of entriesOf(node)) {
    if (keys.has(key) || key.startsWith('x-')) continue
    const hint = didYouMean(key, keys) || ' Remove it, or start it with "x-".'
    findings.problem(at, `"${key}" is not a key of ${place}.${hint}`)
  }
}

function entriesOf(node: Node | undefined) {
  return node?.kind === 'mapping' ? node.entries : []
}
