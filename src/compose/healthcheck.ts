import type { Healthcheck } from '../contract/project.ts'
import { parseCount, parseDurationMs } from './amounts.ts'
import { amountAt, booleanAt } from './fields.ts'
import type { Findings } from './findings.ts'
import { child, type Mapping, type Node } from './tree.ts'

const wanted = 'a duration like 10s or 1m30s'

/** A service's `healthcheck` in the long form; nothing when it has none of its own. */
export function readHealthcheck(service: Mapping, findings: Findings): Healthcheck | undefined {
  const node = child(service, 'healthcheck')
  if (!node) return undefined
  const disabled = booleanAt(node, 'disable', findings) === true
  const written = child(node, 'test')
  const test = disabled ? ['NONE'] : written && readTest(written, findings)
  const duration = (key: string) => amountAt(node, key, parseDurationMs, wanted, findings)
  const intervalMs = duration('interval')
  const timeoutMs = duration('timeout')
  const startPeriodMs = duration('start_period')
  const retries = amountAt(node, 'retries', parseCount, 'a whole number', findings)
  if (!test || test.length === 0) return undefined
  return {
    test,
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(startPeriodMs === undefined ? {} : { startPeriodMs }),
    ...(retries === undefined ? {} : { retries }),
  }
}

function readTest(node: Node, findings: Findings): string[] {
  if (node.kind === 'scalar') return ['CMD-SHELL', node.text]
  const items = node.kind === 'list' ? node.items : []
  const words = items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))
  const known = ['NONE', 'CMD', 'CMD-SHELL'].includes(words[0] ?? 'NONE')
  if (node.kind === 'mapping' || !known || words.length < items.length) {
    findings.problem(
      node.at,
      'when `test` is a list its first item must be NONE, CMD or CMD-SHELL; or write one text.',
    )
    return []
  }
  return words
}
