import type { AppError } from '../../errors/app-error.ts'
import type { Terminal } from './terminal.ts'

/** Lines of a tool's own words that are worth showing under an error. */
const tailLines = 20

/**
 * Shows an error: what happened, a tool's own words where there are some, what to do now, the code. With JSON the body
 * goes to stdout as `{"error": …}`, so that a script reads one stream; the exit status is the same.
 */
export function showError(error: AppError, terminal: Terminal, json: boolean): void {
  if (json) {
    terminal.json({ error })
    return
  }
  const { bad, dim, bold } = terminal.noteColour
  terminal.note(`${bad(bold('error:'))} ${error.message}`)
  for (const line of ownWords(error)) terminal.note(dim(`  │ ${line}`))
  if (error.hint) terminal.note(`${bold('what now:')} ${error.hint}`)
  terminal.note(dim(`code: ${error.code}`))
}

/** What the tool behind the error said: `stderr`, `log` or `output` of the details, its last lines. */
function ownWords(error: AppError): string[] {
  const texts = ['stderr', 'log', 'output']
    .map((key) => error.details?.[key])
    .filter((text) => typeof text === 'string')
  return texts.flatMap((text) => text.trimEnd().split('\n').slice(-tailLines)).filter(Boolean)
}
