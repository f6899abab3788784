import { constants } from 'node:fs'
import { access, mkdtemp, rmdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bytes } from '../output/bytes.ts'
import { type Check, type Finding, messageOf } from './finding.ts'

/** Below this a checkpoint or a base backup of a small database may not fit. */
const scarceBytes = 2 * 1024 ** 3
/** Below this Postgres cannot be expected to recycle its write-ahead log (three segments of 16 MiB and some room). */
const tooFewBytes = 256 * 1024 ** 2

/** The folder of everything: there, ours to write, closed to others, with room. */
export const home: Check = async ({ home }) => {
  const name = 'home'
  const whatNow = 'Set HOWDAH_HOME to a folder that you can write, or mend its owner and mode.'
  try {
    const { mode } = await stat(home)
    await rmdir(await mkdtemp(join(home, '.doctor-')))
    const open = (mode & 0o022) !== 0
    return [
      open
        ? {
            name,
            status: 'fail',
            message: `${home} can be written by other accounts (mode ${octal(mode)})`,
            whatNow: `chmod go-w ${home}`,
          }
        : { name, status: 'ok', message: `${home} can be written` },
      await room(home),
    ]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      return [{ name, status: 'fail', message: messageOf(error), whatNow }]
    }
    return [await canBeMade(home, whatNow)]
  }
}

async function canBeMade(home: string, whatNow: string): Promise<Finding> {
  const name = 'home'
  const parent = await nearestFolder(dirname(home))
  try {
    await access(parent, constants.W_OK | constants.X_OK)
    return { name, status: 'ok', message: `${home} is not there yet and can be made` }
  } catch (error) {
    return { name, status: 'fail', message: messageOf(error), whatNow }
  }
}

async function nearestFolder(path: string): Promise<string> {
  try {
    await stat(path)
    return path
  } catch {
    // Whatever is in the way shows when the folder above is asked for write access.
    return path === dirname(path) ? path : nearestFolder(dirname(path))
  }
}

async function room(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path)
  const free = bavail * bsize
  const message = `${bytes(free)} free`
  if (free >= scarceBytes) return { name: 'disk', status: 'ok', message }
  const status = free < tooFewBytes ? 'fail' : 'warn'
  return { name: 'disk', status, message, whatNow: `Free space on the file system of ${path}.` }
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0')
