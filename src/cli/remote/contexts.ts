import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'

/** The daemon of this machine and home, which needs no login. */
export const LOCAL = 'local'

const RemoteContext = z.object({
  /** `https://HOST:PORT` */
  url: z.string(),
  /** The certificate authority that vouches for it, PEM. */
  ca: z.string(),
  token: z.string(),
})
export type RemoteContext = z.output<typeof RemoteContext>

const Contexts = z.object({
  /** Which one commands use; `local` unless somebody logged in. */
  current: z.string(),
  contexts: z.record(z.string(), RemoteContext),
})
export type Contexts = z.output<typeof Contexts>

type Environment = Readonly<Record<string, string | undefined>>

/** Where a user's contexts are: they hold tokens, and belong to the person, not to a home. */
export const contextsFolder = (env: Environment): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'howdah')

const fileIn = (env: Environment): string => join(contextsFolder(env), 'contexts.json')

/** The contexts of this user; none before the first login. CONTEXT_UNREADABLE for a file that is not ours. */
export async function readContexts(env: Environment): Promise<Contexts> {
  const file = fileIn(env)
  try {
    return Contexts.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { current: LOCAL, contexts: {} }
    throw new AppError('CONTEXT_UNREADABLE', `${file} cannot be read as the list of contexts`, {
      cause,
    })
  }
}

/** Replaces the list whole, readable by this user alone. */
export async function writeContexts(env: Environment, contexts: Contexts): Promise<void> {
  const file = fileIn(env)
  await mkdir(contextsFolder(env), { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}`
  await writeFile(part, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600 })
  await rename(part, file)
}

/**
 * The context that a command is for: what `--context` or HOWDAH_CONTEXT says, else this machine when HOWDAH_HOME names a
 * home, else the one that was chosen last. Undefined for this machine.
 */
export async function chosenContext(
  env: Environment,
  flag: string | undefined,
): Promise<(RemoteContext & { readonly name: string }) | undefined> {
  const asked = flag ?? env['HOWDAH_CONTEXT']
  if (asked === LOCAL || (asked === undefined && env['HOWDAH_HOME'])) return undefined
  const { current, contexts } = await readContexts(env)
  const name = asked ?? current
  if (name === LOCAL) return undefined
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (!found) throw new AppError('CONTEXT_NOT_FOUND', `there is no context “${name}”`)
  return { ...found, name }
}
