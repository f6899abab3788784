import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Drill, DrillCheck } from '../../contract/drill.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Begun } from './begin-drill.ts'
import type { Restored } from './scratch.ts'

/** What a drill has come to so far; filled as its steps end. */
export interface Findings {
  readonly checks: DrillCheck[]
  restored?: Restored
  walBytes: number
  restoredTo?: string | undefined
}

/** The record of a drill that came to its end; `error` is what broke it off. */
export function drillRecord(
  lineage: LineageDocument,
  { id, startedAt, backup }: Begun,
  findings: Findings,
  error: AppError | undefined,
): Drill {
  const { restored, walBytes, restoredTo } = findings
  const checks = checksWith(findings, error)
  const failed = checks.filter((check) => check.outcome === 'failed').map((c) => c.sentence)
  const failure = failed.length > 0 ? failed.join('; ') : error && lastWordsOf(error)
  return {
    id,
    lineage: lineage.id,
    project: lineage.project,
    service: lineage.service,
    backup: backup.id,
    outcome: failure === undefined ? 'passed' : 'failed',
    startedAt,
    finishedAt: new Date().toISOString(),
    sizeBytes: backup.sizeBytes,
    ...rate('restoreBytesPerSecond', backup.sizeBytes, restored?.copyMs),
    walBytes,
    ...rate('replayBytesPerSecond', walBytes, restored?.replayMs),
    ...(restoredTo ? { restoredTo } : {}),
    checks,
    ...(failure === undefined ? {} : { failure }),
  }
}

/** What broke the drill off after the repository had been found whole and before the restored server ran is a restore that failed. */
function checksWith({ checks, restored }: Findings, error: AppError | undefined): DrillCheck[] {
  if (!error || restored || checks.length === 0) return checks
  return [...checks, { kind: 'start', outcome: 'failed', sentence: lastWordsOf(error) }]
}

/** A server that gave up says why at the end of its log. */
function lastWordsOf({ code, message, details }: AppError): string {
  if (code !== 'SERVER_START_FAILED') return message
  const text = details?.['log']
  const log = typeof text === 'string' ? text.split('\n') : []
  const fatal = log.findLast((line) => /\b(?:FATAL|PANIC): /.test(line)) ?? log.at(-1)
  const words = fatal?.replace(/^.*?\b(?:FATAL|PANIC): +/, '')
  return `the restored server did not start${words ? `: ${words}` : ''}`
}

function rate<K extends string>(
  name: K,
  bytes: number,
  spanMs: number | undefined,
): { [key in K]?: number } {
  if (bytes === 0 || !spanMs) return {}
  return { [name]: Math.round((bytes / spanMs) * 1000) } as { [key in K]?: number }
}
