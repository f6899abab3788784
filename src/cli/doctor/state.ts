import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, messageOf } from './finding.ts'

/** The first 16 bytes of every SQLite database (SQLite file format, 1.3). */
const magic = 'SQLite format 3\0'

/** The state file: a daemon that answers has read it; without one its header must be that of SQLite. */
export const state: Check = async ({ home, daemon }) => {
  const name = 'state'
  const path = join(home, 'state.db')
  if (daemon) return [{ name, status: 'ok', message: `${path} is in use` }]
  const whatNow = `Put back a copy from ${join(home, 'state-backups')}; your databases are not touched.`
  try {
    const first = await head(path)
    if (first === magic) return [{ name, status: 'ok', message: `${path} is a SQLite file` }]
    return [{ name, status: 'fail', message: `${path} is no SQLite file`, whatNow }]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [{ name, status: 'ok', message: 'nothing kept yet' }]
    }
    return [{ name, status: 'fail', message: messageOf(error), whatNow }]
  }
}

async function head(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
  return buffer.subarray(0, bytesRead).toString('latin1')
}
