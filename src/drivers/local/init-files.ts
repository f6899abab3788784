import { gunzipSync } from 'node:zlib'
import { join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../../system/account.ts'
import { ensureDirectory, readBytes, removeTree, writeAtomic } from '../../system/files.ts'
import { run, tail } from '../../system/run.ts'
import type { InitFile, InitRun, Watch } from '../driver.ts'
import { hideText, hideTextIn } from './hide-text.ts'
import { runStatements } from './run-script.ts'

/**
 * Runs start scripts as the official image does: in their order, `.sql` and `.sql.gz` on the server as the owner, `.sh`
 * with the image's variables and nothing of our own environment. The first failure ends it with INIT_SCRIPT_FAILED, the
 * file and the line; the password is not in it, whatever the script printed.
 */
export async function runInitFiles(
  member: MemberDocument,
  files: readonly InitFile[],
  as: InitRun,
  account: Account | undefined,
  { report, signal }: Watch,
): Promise<void> {
  for (const file of files) {
    signal.throwIfAborted()
    report(file.name)
    const bytes = await readBytes(file.path)
    if (file.name.endsWith('.sh')) await runShell(member, file, bytes, as, account, signal)
    else {
      const text = file.name.endsWith('.gz') ? unzip(file, bytes) : bytes
      await runSql(member, file, text.toString('utf8'), as, signal)
    }
  }
}

async function runSql(
  member: MemberDocument,
  file: InitFile,
  text: string,
  { role, database, password }: InitRun,
  signal: AbortSignal,
): Promise<void> {
  try {
    await runStatements(member, text, { role, database }, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw scriptError(file, AppError.from(error), password)
  }
}

/** Without the server's error as its cause: a log prints that too, and the statement with the password may be in it. */
function scriptError(file: InitFile, error: AppError, password: string): AppError {
  const { line = 1, ...facts } = error.details ?? {}
  const details = Object.entries(facts).map(([name, value]) => [name, hideTextIn(value, password)])
  const reason = hideText(error.message, password)
  return new AppError('INIT_SCRIPT_FAILED', `${file.path}:${String(line)}: ${reason}`, {
    details: { ...Object.fromEntries(details), file: file.path, line },
  })
}

function unzip(file: InitFile, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    throw new AppError('INIT_SCRIPT_FAILED', `${file.path}:1: this is no gzip file`, { cause })
  }
}

/** The script may lie in a folder that the servers' account cannot enter, so that account gets a copy of it. */
async function runShell(
  member: MemberDocument,
  file: InitFile,
  bytes: Buffer,
  { role, database, password }: InitRun,
  account: Account | undefined,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(member.directory, 'init')
  await ensureDirectory(folder, { mode: 0o700, owner: account })
  const copy = join(folder, file.name)
  await writeAtomic(copy, bytes, { mode: 0o700, owner: account })
  try {
    const ended = await run('bash', [copy], {
      cwd: folder,
      account,
      signal,
      inheritEnv: false,
      env: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        LANG: process.env['LANG'],
        TZ: process.env['TZ'],
        HOME: folder,
        PGHOST: member.socketDirectory,
        PGPORT: String(member.endpoint.port),
        PGUSER: role,
        PGDATABASE: database,
        POSTGRES_USER: role,
        POSTGRES_DB: database,
        POSTGRES_PASSWORD: password,
        PGDATA: join(member.directory, 'data'),
      },
    })
    const { exitCode } = ended
    if (exitCode === 0) return
    // Before the tail is cut, which could cut the password of several lines in two.
    const stdout = hideText(ended.stdout, password)
    const stderr = hideText(ended.stderr, password)
    const message = `${file.path} ended with status ${exitCode}: ${lastLine(stderr) || lastLine(stdout)}`
    throw new AppError('INIT_SCRIPT_FAILED', message, {
      details: { file: file.path, exitCode, stderr: tail(stderr), stdout: tail(stdout) },
    })
  } finally {
    await removeTree(folder)
  }
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''
