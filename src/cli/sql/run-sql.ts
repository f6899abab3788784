import { refusedMetaCommand } from '../../core/sql/meta-command.ts'
import { splitScript } from '../../core/sql-script.ts'
import { openSession, type Session, type SqlTarget, type Notice } from './session.ts'
import type { CopySource } from './simple-query.ts'
import type { Outcome } from './outcome.ts'
import { sqlError } from './sql-error.ts'

/** A piece of SQL to run: what `-c` holds, or a script. */
export type Work =
  | { readonly kind: 'command'; readonly sql: string }
  /** `file` is the name for messages. */
  | { readonly kind: 'script'; readonly file: string; readonly text: string }

export interface Printer {
  readonly outcome: (outcome: Outcome) => void
  readonly copyOut: (chunk: Buffer) => void
  readonly notice: (notice: Notice) => void
  readonly echo: (text: string) => void
}

/**
 * Runs pieces of SQL one after the other on one connection and prints what each gives. Stops at the first error, which
 * is an AppError SQL_FAILED when the server refused something. A `-c` text is one message, so that its statements
 * succeed or fail together; a script's statements go one by one, and `\connect` changes the database.
 */
export async function runSql(
  target: SqlTarget,
  pieces: readonly Work[],
  stdin: CopySource,
  printer: Printer,
): Promise<void> {
  await using connection = new Connection(target, printer)
  for (const piece of pieces) {
    const goOn = await (piece.kind === 'command'
      ? runCommand(connection, piece.sql, stdin, printer)
      : runScript(connection, piece, printer))
    if (!goOn) return
  }
}

async function runCommand(
  connection: Connection,
  sql: string,
  copyIn: CopySource,
  printer: Printer,
): Promise<boolean> {
  if (sql.trimStart().startsWith('\\')) throw refusedMetaCommand(sql, 1)
  const session = await connection.session()
  const exchange = { copyIn, copyOut: printer.copyOut }
  const outcomes = await session.execute(sql, exchange).catch((error: unknown) => {
    throw sqlError(error, { sql, line: 1 })
  })
  for (const outcome of outcomes) printer.outcome(outcome)
  return true
}

async function runScript(
  connection: Connection,
  { file, text }: Extract<Work, { kind: 'script' }>,
  printer: Printer,
): Promise<boolean> {
  for (const step of splitScript(text)) {
    if (step.kind === 'quit') return false
    if (step.kind === 'echo') printer.echo(step.text)
    if (step.kind === 'connect') await connection.use(step.database)
    if (step.kind !== 'sql') continue
    const session = await connection.session()
    const copyIn = step.copyData === undefined ? undefined : [step.copyData]
    const exchange = { copyIn, copyOut: printer.copyOut }
    const outcomes = await session.execute(step.sql, exchange).catch((error: unknown) => {
      throw sqlError(error, { file, sql: step.sql, line: step.line })
    })
    for (const outcome of outcomes) printer.outcome(outcome)
  }
  return true
}

/** Opens the session when it is first needed, and again for another database. */
class Connection implements AsyncDisposable {
  #target: SqlTarget
  #session: Session | undefined
  readonly #printer: Printer

  constructor(target: SqlTarget, printer: Printer) {
    this.#target = target
    this.#printer = printer
  }

  async session(): Promise<Session> {
    this.#session ??= await openSession(this.#target, this.#printer.notice).catch(
      (error: unknown) => {
        throw sqlError(error, { sql: '', line: 1 })
      },
    )
    return this.#session
  }

  async use(database: string): Promise<void> {
    await this[Symbol.asyncDispose]()
    this.#target = { ...this.#target, database }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]()
    this.#session = undefined
  }
}
