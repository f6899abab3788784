import pino from 'pino'
import { AppError } from '../errors/app-error.ts'

/** Lines that a full disk does not take wait here for room; beyond that they are lost, and the daemon works on. */
const WAITING_BYTES = 1024 * 1024

/** One JSON line for each thing worth knowing, on standard output: the file, or the service manager, keeps it. */
export function createLog() {
  const output = pino.destination({ dest: 1, sync: true, maxLength: WAITING_BYTES })
  // Without a listener a full disk under the log would end the daemon.
  output.on('error', () => {})
  // Not `output` itself: at a fatal line pino would flush it, which waits for room for ever.
  const stream = { write: (line: string) => void output.write(line) }
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: errorInLog } },
    stream,
  )
}

export type Log = ReturnType<typeof createLog>

/** With the stack, which has the causes; one of ours keeps the fields that it has everywhere else. */
function errorInLog(error: unknown): unknown {
  const facts = pino.stdSerializers.err(error as Error) as object
  return error instanceof AppError ? { ...facts, ...error.toJSON() } : facts
}
