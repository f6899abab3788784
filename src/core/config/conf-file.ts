/** A Postgres configuration file: a heading that says where it comes from, then `name = 'value'` lines. */
export function confFile(heading: readonly string[], settings: Record<string, string>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}`)
  return [...heading.map((line) => `# ${line}`), ...lines, ''].join('\n')
}

/** Postgres's own rule for quoted values in its configuration files: quotes are doubled, backslashes escape. */
function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\n', '\\n')}'`
}
