import type { MemberDocument } from '../../contract/documents/member.ts'
import { splitScript } from '../../core/sql-script.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Script, ScriptRun, Session, Watch } from '../driver.ts'
import { openSession } from './session.ts'

/** SCRIPT_FAILED with the script's name and the line of the statement that the server refused. */
export async function runScript(
  member: MemberDocument,
  { name, text }: Script,
  as: ScriptRun,
  { signal }: Pick<Watch, 'signal'>,
): Promise<void> {
  try {
    await runStatements(member, text, as, signal)
  } catch (error) {
    signal.throwIfAborted()
    const { message, details = {}, hint } = AppError.from(error)
    const { line = 1 } = details
    // Without the server's error as its cause: a log prints that too, and the statement with what is secret in it.
    throw new AppError('SCRIPT_FAILED', `${name}:${String(line)}: ${message}`, {
      details: { ...details, script: name, line },
      ...(details['sqlstate'] === undefined ? { hint } : {}),
    })
  }
}

/**
 * Runs a script's statements one after another, each in its own transaction unless the script says otherwise. A failure is
 * thrown with `details.line`, counted in the script. Aborting ends the statement that is running.
 */
export async function runStatements(
  member: MemberDocument,
  text: string,
  { role, database }: ScriptRun,
  signal: AbortSignal,
): Promise<void> {
  let session = await openSession(member, { database, role })
  let pid = await pidOf(session)
  let startLine = 1
  using _ending = endedBy(signal, member, () => pid)
  try {
    for (const step of splitScript(text)) {
      signal.throwIfAborted()
      startLine = step.line
      if (step.kind === 'quit') return
      if (step.kind === 'connect') {
        await session.close()
        session = await openSession(member, { database: step.database, role })
        pid = await pidOf(session)
      }
      if (step.kind !== 'sql') continue
      if (step.copyData === undefined) await session.query(step.sql)
      else await session.copyIn(step.sql, step.copyData)
    }
  } catch (error) {
    throw withLine(AppError.from(error), startLine, text)
  } finally {
    await session.close()
  }
}

async function pidOf(session: Session): Promise<number> {
  const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
  return row?.pid ?? 0
}

/** A statement may run for hours, and who aborts must not wait for it. */
function endedBy(signal: AbortSignal, member: MemberDocument, pid: () => number): Disposable {
  const end = (): void => {
    void openSession(member, { database: 'postgres' }).then(
      async (session) => {
        await session.query('select pg_cancel_backend($1)', [pid()])
        await session.close()
      },
      () => undefined, // a server that is gone runs nothing
    )
  }
  signal.addEventListener('abort', end, { once: true })
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', end) }
}

/** The server counts characters in the statement. */
function withLine(error: AppError, startLine: number, text: string): AppError {
  if (error.details?.['line'] !== undefined) return error
  const lines = text.split('\n')
  const statementStart = lines.slice(0, startLine - 1).join('\n').length
  const position = Number(error.details?.['position'] ?? 0)
  const before = position > 0 ? text.slice(statementStart, statementStart + position) : ''
  const line = startLine + Math.max(0, before.trim().split('\n').length - 1)
  const { code, message, hint } = error
  return new AppError(code, message, { details: { ...error.details, line }, hint })
}
