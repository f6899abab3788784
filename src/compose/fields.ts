import type { Findings } from './findings.ts'
import { child, configNames, type Node, type Scalar } from './tree.ts'

/** The scalar at a key; a problem when something else is there. */
export function scalarAt(node: Node | undefined, key: string, findings: Findings) {
  const found = child(node, key)
  if (found === undefined || found.kind === 'scalar') return found
  findings.problem(found.at, `\`${key}\` is one value here, not a ${found.kind}.`)
  return undefined
}

/** Whether a variable of it is set nowhere, which checkUnresolved reports. */
export function isUnresolved(scalar: Scalar): boolean {
  return configNames(scalar.template).length > 0
}

/** True, false, or the same words as text, which is what an interpolated value is. */
export function booleanOf(scalar: Scalar): boolean | undefined {
  if (scalar.text === 'true') return true
  return scalar.text === 'false' ? false : undefined
}

export function booleanAt(
  node: Node | undefined,
  key: string,
  findings: Findings,
): boolean | undefined {
  const scalar = scalarAt(node, key, findings)
  if (!scalar || isUnresolved(scalar)) return undefined
  const value = booleanOf(scalar)
  if (value === undefined) findings.problem(scalar.at, `'${key}' must be a boolean: true or false.`)
  return value
}

/** The scalars of a list, or the one scalar that stands for a list of one. */
export function textsOf(node: Node | undefined): Scalar[] {
  if (!node) return []
  return (node.kind === 'list' ? node.items : [node]).filter((item) => item.kind === 'scalar')
}

/** A number by `parse`; what `parse` does not take is a problem that says what is wanted. */
export function amountAt(
  node: Node | undefined,
  key: string,
  parse: (text: string) => number | undefined,
  wanted: string,
  findings: Findings,
): number | undefined {
  const scalar = scalarAt(node, key, findings)
  if (!scalar || isUnresolved(scalar)) return undefined
  const value = parse(scalar.source.trim())
  if (value === undefined) {
    findings.problem(scalar.at, `"${scalar.source}" is not ${wanted} for \`${key}\`.`)
  }
  return value
}
