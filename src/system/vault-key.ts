import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors/app-error.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { syncDirectory, writeAtomic } from './files.ts'

/** AES-256. */
const keyBytes = 32

/**
 * Reads the 32 bytes of a key file (one line of base64). When it is missing and `create` is true, makes it with mode 0600; a file that
 * is there is never replaced, also when two processes create it at once. Throws CONFIG_KEY_UNREADABLE when it is missing, malformed, or
 * open to other accounts.
 */
export async function readKeyFile(path: string, create: boolean): Promise<Buffer> {
  const found = await readKey(path)
  if (found) return found
  if (!create) {
    throw new AppError('CONFIG_KEY_UNREADABLE', `the key file ${path} is missing`, {
      details: { path },
    })
  }
  await createKey(path)
  const made = await readKey(path)
  if (made) return made
  throw new AppError('CONFIG_KEY_UNREADABLE', `the key file ${path} was removed as it was made`, {
    details: { path },
  })
}

async function readKey(path: string): Promise<Buffer | undefined> {
  return withFileErrors(path, async () => {
    try {
      await using file = await open(path, constants.O_RDONLY)
      const { mode } = await file.stat()
      if ((mode & 0o077) !== 0) {
        const shown = (mode & 0o777).toString(8).padStart(4, '0')
        throw new AppError(
          'CONFIG_KEY_UNREADABLE',
          `the key file ${path} is open to other accounts (mode ${shown})`,
          {
            details: { path, mode: shown },
            hint: `Run \`chmod 600 ${path}\`. If others could read it, set the values again with \`howdah config set\` too.`,
          },
        )
      }
      return decodeKey(await file.readFile('utf8'), path)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  })
}

function decodeKey(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === keyBytes && key.toString('base64') === text.trim()) return key
  throw new AppError(
    'CONFIG_KEY_UNREADABLE',
    `the key file ${path} does not hold ${keyBytes} bytes of base64`,
    { details: { path } },
  )
}

async function createKey(path: string): Promise<void> {
  const key = `${randomBytes(keyBytes).toString('base64')}\n`
  const candidate = `${path}.${randomBytes(6).toString('hex')}.new`
  await writeAtomic(candidate, key, { mode: 0o600 })
  await withFileErrors(path, async () => {
    try {
      // A link, unlike a rename, fails where a file is already: then another process made the key.
      await link(candidate, path)
      await syncDirectory(dirname(path))
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    } finally {
      await rm(candidate, { force: true })
    }
  })
}
