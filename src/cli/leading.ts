import { type Flag, longName } from './command.ts'
import { composeFlags, everywhereFlags } from './shared-flags.ts'

const flags: readonly (readonly [string, Flag])[] = Object.entries({
  ...composeFlags,
  ...everywhereFlags,
})

/**
 * Splits a command line at the command's name. Shared flags may stand before it, as with Docker Compose:
 * `howdah -f a.yaml -p shop ps`. An unknown word that starts with a dash ends the leading part.
 */
export function splitLeading(words: readonly string[]): {
  leading: readonly string[]
  rest: readonly string[]
} {
  let index = 0
  while (index < words.length) {
    const wordsOfFlag = leadingLength(words[index] ?? '')
    if (wordsOfFlag === 0) break
    index += wordsOfFlag
  }
  return { leading: words.slice(0, index), rest: words.slice(index) }
}

/** How many words the flag takes: 0 when it is not a shared flag, 2 when its value is the next word. */
function leadingLength(word: string): number {
  for (const [key, flag] of flags) {
    const long = `--${longName(key)}`
    const takesValue = flag.type === 'string' || flag.type === 'list'
    if (word === long || word === `-${flag.short}`) return takesValue ? 2 : 1
    if (takesValue && word.startsWith(`${long}=`)) return 1
    if (takesValue && flag.short && word.startsWith(`-${flag.short}`)) return 1
  }
  return 0
}
