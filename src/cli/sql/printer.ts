import type { Terminal } from '../output/terminal.ts'
import { AppError } from '../../errors/app-error.ts'
import { formatAligned } from './aligned.ts'
import { formatCsv } from './csv.ts'
import type { Outcome } from './outcome.ts'
import { outcomesAsJson } from './rows-json.ts'
import type { Printer } from './run-sql.ts'

export const sqlFormats = ['aligned', 'csv', 'json'] as const
export type SqlFormat = (typeof sqlFormats)[number]

/** Prints as psql would, notices to stderr. JSON is one document, so it comes with `finish`, after the last statement. */
export function createPrinter(format: SqlFormat, terminal: Terminal): Printer & { finish(): void } {
  const kept: Outcome[] = []
  const decoder = new TextDecoder()
  return {
    outcome(outcome) {
      if (format === 'json') kept.push(outcome)
      else terminal.stdout.write(format === 'csv' ? formatCsv(outcome) : formatAligned(outcome))
    },
    copyOut(chunk) {
      if (format === 'json') {
        throw new AppError('USAGE', 'what COPY … TO stdout gives has no JSON form', {
          hint: 'Leave out --format json, or select the rows.',
        })
      }
      terminal.stdout.write(decoder.decode(chunk, { stream: true }))
    },
    notice({ severity, message, detail, hint }) {
      terminal.note(`${severity}:  ${message}`)
      if (detail) terminal.note(`DETAIL:  ${detail}`)
      if (hint) terminal.note(`HINT:  ${hint}`)
    },
    echo: (text) => terminal.print(text),
    finish() {
      if (format === 'json') terminal.json(outcomesAsJson(kept))
    },
  }
}
