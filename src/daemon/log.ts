import pino from 'pino'

/** One JSON line for each thing worth knowing, on standard output: the file, or the service manager, keeps it. */
export function createLog() {
  return pino({
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { error: pino.stdSerializers.err },
  })
}

export type Log = ReturnType<typeof createLog>
