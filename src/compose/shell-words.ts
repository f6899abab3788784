/**
 * Splits a command as a POSIX shell would, without running anything: blanks separate, quotes and backslashes protect.
 * Undefined when a quote is not closed. Compose splits `command:` text the same way.
 */
export function shellWords(text: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!
    if (quote === "'") {
      if (letter === quote) quote = undefined
      else word += letter
    } else if (letter === '\\' && (quote === undefined || /["\\$`\n]/.test(text[at + 1] ?? ''))) {
      at += 1
      word = (word ?? '') + (text[at] ?? '')
    } else if (quote === '"') {
      if (letter === quote) quote = undefined
      else word += letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + letter
  }
  if (quote !== undefined) return undefined
  return word === undefined ? words : [...words, word]
}
