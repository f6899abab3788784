import { stripVTControlCharacters } from 'node:util'

/**
 * A line broken at spaces so that no part is longer than `width`, later parts indented by `hang` spaces; colours take no
 * room. A word that is longer stays whole, for it may be a path. Without a width the line stays as it is.
 */
export function wrap(line: string, width: number | undefined, hang = 0): string {
  if (width === undefined || lengthOf(line) <= width) return line
  const [indent = ''] = /^ */.exec(line) ?? []
  const lines: string[] = []
  let current = indent
  let isEmpty = true
  for (const word of line.slice(indent.length).split(' ')) {
    if (!isEmpty && lengthOf(current) + 1 + lengthOf(word) > width) {
      lines.push(current.trimEnd())
      current = ' '.repeat(hang)
      isEmpty = true
    }
    current += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, current].join('\n')
}

const lengthOf = (text: string): number => Array.from(stripVTControlCharacters(text)).length
