/** A line that env-file readers (Compose, dotenv, `set -a; . file`) take back as exactly this value. */
export function dotenvLine(name: string, value: string): string {
  return `${name}=${dotenvValue(value)}`
}

/** Bare where nothing can be misread, else single-quoted (literal everywhere), else double-quoted with escapes. */
function dotenvValue(value: string): string {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value
  if (!/['\n\r\\]/.test(value)) return `'${value}'`
  const escaped = value
    .replace(/[\\"$`]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
  return `"${escaped}"`
}
