/** Combining marks and format characters take no column; soft hyphens do, as in psql's own table. */
const zeroWidth = /^[\p{Mn}\p{Me}\u200B-\u200F\u2060-\u2064\uFEFF]$/u
/** East Asian wide and full-width characters, and emoji, take two. */
const doubleWidth =
  /^[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]$/u

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  // Nearly all text is plain ASCII.
  if (/^[\x20-\x7E]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) {
    width += zeroWidth.test(character) ? 0 : doubleWidth.test(character) ? 2 : 1
  }
  return width
}

/** A value's lines as psql shows them: tabs widened to the next multiple of eight, other control characters spelt out. */
export function displayLines(value: string): string[] {
  return value.split('\n').map((line) => (/\p{Cc}/u.test(line) ? spelt(line) : line))
}

function spelt(line: string): string {
  let shown = ''
  for (const character of line) {
    const code = character.codePointAt(0) ?? 0
    if (character === '\t') shown += ' '.repeat(8 - (displayWidth(shown) % 8))
    else if (character === '\r') shown += '\\r'
    else if (code < 0x20 || code === 0x7f)
      shown += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
    else shown += character
  }
  return shown
}
