import type { Mode } from '../contract/instance.ts'
import { modeNamed, modeNames, modesInWords } from '../contract/mode-names.ts'
import { isUnresolved, scalarAt } from './fields.ts'
import type { Findings } from './findings.ts'
import { didYouMean } from './suggest.ts'
import { child, type Mapping } from './tree.ts'

/** The mode that the top-level `x-howdah: { mode: … }` asks for. */
export function readProjectMode(root: Mapping, findings: Findings): Mode | undefined {
  const scalar = scalarAt(child(root, 'x-howdah'), 'mode', findings)
  if (!scalar || isUnresolved(scalar)) return undefined
  const mode = modeNamed(scalar.text)
  if (mode) return mode
  findings.problem(
    scalar.at,
    `"${scalar.text}" is no mode.${didYouMean(scalar.text, modeNames)} Modes are ${modesInWords}.`,
  )
  return undefined
}
