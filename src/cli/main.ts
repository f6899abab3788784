import { ownSurroundings } from './context.ts'
import { runCommandLine } from './run-command-line.ts'

/** `howdah ps | head -1` closes our stdout early; that is no failure. */
function endWithTheReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}

process.stdout.on('error', endWithTheReader)
process.stderr.on('error', endWithTheReader)
process.exitCode = await runCommandLine(process.argv.slice(2), ownSurroundings())
