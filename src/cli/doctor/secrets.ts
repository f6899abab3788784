import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, type Finding, messageOf } from './finding.ts'

/** The two files whose secrecy all else rests on: the key of config, and the key of the certificate authority. */
export const secrets: Check = async ({ home }) => {
  const found = await Promise.all([
    closed('config key', join(home, 'keys', 'config.key')),
    closed('CA key', join(home, 'ca', 'ca.key')),
  ])
  return found.filter((one) => one !== undefined)
}

/** Nothing when the file is not there: it is made when first needed, and the daemon says so if it was lost. */
async function closed(name: string, path: string): Promise<Finding | undefined> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) === 0) return { name, status: 'ok', message: `${path} is ours alone` }
    const message = `${path} can be read by other accounts (mode ${(mode & 0o777).toString(8)})`
    return { name, status: 'fail', message, whatNow: `chmod 600 ${path}` }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return { name, status: 'fail', message: messageOf(error), whatNow: 'Mend its owner and mode.' }
  }
}
