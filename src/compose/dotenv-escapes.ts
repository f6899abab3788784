const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
}

/**
 * Backslash escapes of a double-quoted value in an env file. `\$` becomes `$$`, so that the dollar sign is plain when
 * variables are replaced afterwards. An unknown escape stays as it is, as with Compose.
 */
export function unescape(text: string): string {
  return text.replaceAll(/\\(0[0-7]{1,3}|[^])/g, (whole, escaped: string) => {
    if (escaped === '$') return '$$'
    if (escaped.length > 1) return String.fromCodePoint(Number.parseInt(escaped, 8))
    return escapes[escaped] ?? whole
  })
}
