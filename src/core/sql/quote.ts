/** An SQL identifier, quoted so that any name is safe. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** An SQL string literal that means the same whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}
