import { type RepositoryAccess, secretsOf } from '../../core/config/pgbackrest.ts'
import type { Finished } from '../../system/run.ts'
import { pgbackrest, type PgbackrestCall } from '../../system/tools/pgbackrest.ts'
import { callFailed, inTime } from './failed-call.ts'
import type { PgbackrestHost } from './site.ts'

/** A store far away answers in seconds; four of pgBackRest's own tries are over by then. */
const SHORT_MS = 2 * 60 * 1000

export type CallOptions = Partial<
  Pick<
    PgbackrestCall,
    'timeoutMs' | 'input' | 'outputFile' | 'signal' | 'onLine' | 'background' | 'configFile'
  >
> & {
  /** False: a command about a repository as a whole. */
  readonly stanza?: false
  /** The only repository that it concerns, where no `--repo` says so. */
  readonly repo?: number
  /** Exit codes besides 0 that the caller understands. */
  readonly alsoFine?: readonly number[]
}

/** Runs a command to its end. Throws REPOSITORY_UNREACHABLE, BACKUP_FAILED, DISK_FULL, and the signal's error. */
export type Call = (args: readonly string[], options?: CallOptions) => Promise<Finished>

/** Commands with one configuration: the command's name comes first in the arguments. */
export function caller(
  site: PgbackrestHost,
  repositories: readonly RepositoryAccess[],
  { configFile, stanza }: { readonly configFile: string; readonly stanza?: string },
): Call {
  const secrets = secretsOf(repositories)
  return async (args, options = {}) => {
    const { alsoFine = [], repo = repoIn(args), ...others } = options
    const concerned = repositories.filter((_, index) => repo === undefined || repo === index + 1)
    const context = { args, repositories: concerned, secrets }
    const ended = await inTime(context, () =>
      pgbackrest({
        program: site.program.path,
        account: site.account,
        configFile,
        timeoutMs: SHORT_MS,
        ...others,
        stanza: options.stanza === false ? undefined : stanza,
        args,
      }),
    )
    if (ended.exitCode === 0 || alsoFine.includes(ended.exitCode)) return ended
    throw callFailed(context, ended)
  }
}

function repoIn(args: readonly string[]): number | undefined {
  const option = args.find((arg) => arg.startsWith('--repo='))
  return option === undefined ? undefined : Number(option.slice('--repo='.length))
}
