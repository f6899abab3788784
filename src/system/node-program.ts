import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, link, rename, rm, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../errors/app-error.ts'
import type { Account } from './account.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { exists, readBytes, writeAtomic } from './files.ts'
import { run } from './run.ts'

/** A node without options says its version in some 50 ms; a disk that wakes up needs seconds. */
const versionTimeoutMs = 30_000

/** A program of ours for Node, at a place where a server's account can run it. */
export interface PlacedProgram {
  /** Path of a node that the account can run. */
  readonly node: string
  readonly program: string
}

/** Compiled or not, as this module is. */
const ownPath = fileURLToPath(import.meta.url)

/**
 * Puts the program `programs/<name>`, which uses Node's own modules alone, into `directory`, which the account can enter, and finds a node
 * for it: this process's own, or where the account cannot reach that one (in root's home folder, say) a copy beside the program.
 * Safe to repeat, also while one of them runs. Throws HOME_UNUSABLE when the account can run neither.
 */
export async function placeNodeProgram(
  name: string,
  directory: string,
  account: Account | undefined,
): Promise<PlacedProgram> {
  const ending = extname(ownPath)
  const source = join(dirname(ownPath), 'programs', `${name}${ending}`)
  // An ES module wherever it lies.
  const program = join(directory, `${name}${ending === '.ts' ? '.mts' : '.mjs'}`)
  const text = await readBytes(source)
  const there = (await exists(program)) ? await readBytes(program) : undefined
  if (!there?.equals(text)) await writeAtomic(program, text, { mode: 0o644 })
  return { program, node: await nodeFor(directory, account) }
}

async function nodeFor(directory: string, account: Account | undefined): Promise<string> {
  const own = process.execPath
  if (!account || (await runs(own, account)) === true) return own
  const copy = join(directory, 'node')
  if ((await exists(copy)) && (await isSame(own, copy)) && (await runs(copy, account)) === true) {
    return copy
  }
  await withFileErrors(copy, () => replaceBy(own, copy))
  const reason = await runs(copy, account)
  if (reason === true) return copy
  throw new AppError(
    'HOME_UNUSABLE',
    `the account ${account.name} can run neither ${own} nor ${copy}`,
    {
      details: { node: own, copy, account: account.name, reason },
      hint: `Install Node where every account can run it, or set HOWDAH_HOME to a folder that ${account.name} can enter.`,
    },
  )
}

/** True, or why not. */
async function runs(node: string, account: Account): Promise<true | string> {
  try {
    const options = { account, cwd: '/', timeoutMs: versionTimeoutMs }
    const { exitCode, stdout, stderr } = await run(node, ['--version'], options)
    if (exitCode === 0 && stdout.startsWith('v')) return true
    return stderr || `it ended with ${exitCode}`
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'COMMAND_NOT_FOUND') throw error
    return error.message
  }
}

/** A link to the same file, or a copy of the same length made after it. */
async function isSame(own: string, copy: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(own), stat(copy)])
  return a.ino === b.ino || (a.size === b.size && a.mtimeMs <= b.mtimeMs)
}

/** By renaming: a program that runs keeps its file. */
async function replaceBy(own: string, copy: string): Promise<void> {
  const temporary = `${copy}.${randomBytes(6).toString('hex')}`
  try {
    if (!(await linked(own, temporary))) {
      await copyFile(own, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
      await chmod(temporary, 0o755)
    }
    await rename(temporary, copy)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** False when it lies on another file system, is closed to its group and others, or may not be linked. */
async function linked(own: string, path: string): Promise<boolean> {
  // The mode is the file's, not the link's: a copy has one of its own.
  if (((await stat(own)).mode & 0o005) !== 0o005) return false
  try {
    await link(own, path)
    return true
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(errnoOf(error) ?? '')) return false
    throw error
  }
}
