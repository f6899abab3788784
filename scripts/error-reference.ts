import { catalog } from '../src/errors/catalog.ts'

const RETRY = {
  never: 'no: the same input fails again',
  step: 'by itself',
  later: 'yes, unchanged',
} as const

/** docs/errors.md: every code of the catalog, in alphabetical order, as Markdown. */
export function errorReference(): string {
  const rows = Object.entries(catalog)
    .toSorted(([a], [b]) => a.localeCompare(b, 'en'))
    .map(
      ([code, e]) =>
        `| \`${code}\` | ${e.exit} | ${e.status} | ${RETRY[e.retry]} | ${cell(e.hint)} |`,
    )
  return `<!-- Generated from src/errors/catalog.ts by \`npm run docs\`. Do not edit. -->

# Errors

Every failure has a code that never changes its name. A command prints what happened, then what to do next, then the code;
with \`--json\` the same as \`{ code, message, hint, details }\`. The API answers the same body with the HTTP status below.

Scripts should look at the exit status or the code, never at the message.

| code | exit | HTTP | try again? | what to do |
|---|---|---|---|---|
${rows.join('\n')}

A command that succeeds exits with 0. \`howdah run\` and \`howdah psql\` exit with the status of the command they ran.
`
}

/** Text inside a table's cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|')
