import type { PreflightFinding } from '../../contract/host.ts'
import type { Colour } from '../output/colour.ts'
import { wrap } from '../output/wrap.ts'

/** Findings of a look at a machine, a line each: `✓ memory  8 GiB`, `! clock  …`, `✗ ports  …`. */
export function findingsText(
  findings: readonly PreflightFinding[],
  colour: Colour,
  width?: number,
): string {
  const column = Math.max(0, ...findings.map(({ about }) => about.length))
  const marks = { fine: colour.good('✓'), warning: colour.warning('!'), refused: colour.bad('✗') }
  return findings
    .flatMap(({ about, verdict, sentence }) => {
      const [first, ...rest] = wrap(sentence, width && width - column - 4, 0).split('\n')
      const hanging = ' '.repeat(column + 4)
      return [
        `${marks[verdict]} ${about.padEnd(column)}  ${first}`,
        ...rest.map((line) => `${hanging}${line}`),
      ]
    })
    .join('\n')
}
