import { join } from 'node:path'
import type { Engine } from '../../contract/engine.ts'
import { AppError } from '../../errors/app-error.ts'
import { writeAtomic } from '../../system/files.ts'
import { run, runOk } from '../../system/run.ts'
import { withTemporaryFolder } from '../../system/temporary.ts'

const known = new Map<string, Promise<Record<string, string>>>()

/** When each setting of an engine takes effect, as the server itself lists it: asked once for each engine. */
export function settingContexts(engine: Engine): Promise<Record<string, string>> {
  const asked = known.get(engine.id) ?? describeConfig(engine)
  known.set(engine.id, asked)
  asked.catch(() => known.delete(engine.id)) // the caller gets the error; the next one asks again
  return asked
}

/** `postgres --describe-config` prints a line for each setting: name, context, group, … with tabs between. */
async function describeConfig(engine: Engine): Promise<Record<string, string>> {
  const { stdout } = await runOk(join(engine.binDirectory, 'postgres'), ['--describe-config'], {
    code: 'ENGINE_BROKEN',
  })
  const rows = stdout.split('\n').map((line) => line.split('\t'))
  return Object.fromEntries(
    rows.flatMap(([name, context]) => (name && context ? [[name, context.toLowerCase()]] : [])),
  )
}

/**
 * Lets the engine read the file as it would at a start, without starting: `postgres -C NAME` parses everything first.
 * Throws SETTING_INVALID with the server's own words.
 */
export async function checkConf(engine: Engine, conf: string): Promise<void> {
  const { exitCode, stderr } = await withTemporaryFolder(async (folder) => {
    await writeAtomic(join(folder, 'postgresql.conf'), conf, { mode: 0o600 })
    // With -C first, Postgres lets root ask, too.
    const args = ['-C', 'max_connections', '-D', folder]
    return run(join(engine.binDirectory, 'postgres'), args)
  })
  if (exitCode === 0) return
  const complaints = stderr
    .split('\n')
    .map((line) => line.replace(/^.*?(?:LOG|FATAL|ERROR|WARNING|HINT): {2}/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('configuration file '))
  const message = `Postgres ${engine.major} does not take these settings: ${complaints.join('; ')}`
  throw new AppError('SETTING_INVALID', message, { details: { complaints } })
}
