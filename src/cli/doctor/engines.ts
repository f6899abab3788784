import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Engine } from '../../contract/engine.ts'
import { type Check, type Finding, messageOf } from './finding.ts'

const answersWithinMs = 10_000

/** Every installed Postgres still runs: `postgres --version`. */
export const engines: Check = async ({ daemon }) => {
  if (!daemon) return []
  const { installed } = await daemon.client.api.listEngines({ offers: 'false' })
  if (installed.length === 0) {
    const message = 'no Postgres is installed; `howdah up` fetches what compose asks for'
    return [{ name: 'engines', status: 'ok', message }]
  }
  return Promise.all(installed.map(runs))
}

async function runs({ id, kind, major, minor, binDirectory }: Engine): Promise<Finding> {
  const name = `engine ${id}`
  const whatNow =
    kind === 'npm'
      ? `\`howdah engine install ${major}.${minor} --force\``
      : 'Install its package again.'
  try {
    const program = join(binDirectory, 'postgres')
    const asked = promisify(execFile)(program, ['--version'], { timeout: answersWithinMs })
    const version = (await asked).stdout.trim()
    if (version.includes(`${major}.${minor}`)) return { name, status: 'ok', message: version }
    return { name, status: 'fail', message: `says that it is ${version}`, whatNow }
  } catch (error) {
    return { name, status: 'fail', message: messageOf(error), whatNow }
  }
}
