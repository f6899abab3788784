import type { Template } from '../contract/project.ts'

/**
 * A template as one text in which every reference to config is a single letter that stands for it and that nothing else
 * uses. So text can be taken apart without a password ever being read as part of a host name.
 */
export interface AtomText {
  readonly text: string
  /** Puts values for the letters, each through `encode`. */
  readonly fill: (part: string, encode?: (value: string) => string) => string
  /** Whether a part holds a reference. */
  readonly refers: (part: string) => boolean
}

/** A private-use area of Unicode, so large that no value uses all of it. */
const firstLetter = 0xf0000

/** `valueOf` gives the value of a config by name. */
export function toAtoms(template: Template, valueOf: (name: string) => string): AtomText {
  const values = new Map<string, string>()
  const literal = template.filter((part) => typeof part === 'string').join('')
  let next = firstLetter
  const letterFor = (name: string): string => {
    let letter = String.fromCodePoint(next)
    while (literal.includes(letter)) letter = String.fromCodePoint((next += 1))
    next += 1
    values.set(letter, valueOf(name))
    return letter
  }
  const text = template
    .map((part) => (typeof part === 'string' ? part : letterFor(part.config)))
    .join('')
  const same = (value: string) => value
  return {
    text,
    fill: (part, encode = same) => {
      if (values.size === 0) return part
      return Array.from(part)
        .map((letter) => (values.has(letter) ? encode(values.get(letter)!) : letter))
        .join('')
    },
    refers: (part) => Array.from(part).some((letter) => values.has(letter)),
  }
}
