import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Check, messageOf } from './finding.ts'

const dayMs = 86_400_000
const soonDays = 30

/** The certificate authority's certificate: readable, begun, not about to end. Its start is also a test of the clock. */
export const authority: Check = async ({ home }) => {
  const name = 'CA'
  const path = join(home, 'ca', 'ca.crt')
  try {
    const { validFromDate, validToDate } = new X509Certificate(await readFile(path))
    const leftDays = Math.floor((validToDate.getTime() - Date.now()) / dayMs)
    if (validFromDate.getTime() > Date.now()) {
      const message = `the certificate begins at ${validFromDate.toISOString()}, which is still to come`
      return [{ name, status: 'fail', message, whatNow: 'Set this machine’s clock.' }]
    }
    if (leftDays < 0) {
      const message = `the certificate ended at ${validToDate.toISOString()}`
      return [{ name, status: 'fail', message, whatNow: renew(path) }]
    }
    const status = leftDays < soonDays ? 'warn' : 'ok'
    const whatNow = status === 'ok' ? undefined : renew(path)
    return [{ name, status, message: `good for ${leftDays} days`, whatNow }]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [{ name, status: 'ok', message: 'none yet' }]
    }
    const whatNow = `Bring back ${path} from your own backup.`
    return [{ name, status: 'fail', message: `${path}: ${messageOf(error)}`, whatNow }]
  }
}

const renew = (path: string): string =>
  `Move ${path} and its key away and restart the daemon; clients must then be given the new one.`
