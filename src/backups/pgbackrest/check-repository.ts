import { randomBytes } from 'node:crypto'
import type { RepositoryCheck } from '../../contract/repository.ts'
import type { RepositoryAccess } from '../../core/config/pgbackrest.ts'
import { type FailedCommand, faultOf, wordsOf } from '../../core/pgbackrest/failure.ts'
import { unreadableStanzas } from '../../core/pgbackrest/info.ts'
import {
  destinationOf,
  type FaultSeen,
  faultSentence,
} from '../../core/pgbackrest/repository-fault.ts'
import { AppError } from '../../errors/app-error.ts'
import { probeConnection } from '../../system/connect-probe.ts'
import type { Call } from './call.ts'
import { DESCRIPTIONS } from './describe.ts'
import type { PgbackrestHost } from './site.ts'
import { withRepository } from './with-repository.ts'

/** Without an answer for so long a store is given up; pgBackRest tries four times. */
const ANSWER_S = 5
const CALL_MS = 30_000
const PROBE_MS = 5000

/**
 * Writes, reads and removes a file in a repository, and reads what lineages it has, all with pgBackRest; says in one sentence what works
 * or what is wrong. Throws NOT_SUPPORTED for what the pgBackRest of this machine cannot do.
 */
export async function checkRepository(
  site: PgbackrestHost,
  access: RepositoryAccess,
): Promise<RepositoryCheck> {
  const { repository } = access
  const result = (ok: boolean, more: Pick<RepositoryCheck, 'sentence' | 'fault'>) => ({
    name: repository.name,
    ok,
    ...more,
    checkedAt: new Date().toISOString(),
  })
  try {
    const unreached = await unreachedBy(access)
    if (unreached) {
      const { fault } = unreached
      return result(false, { fault, sentence: faultSentence(repository, unreached) })
    }
    return await withRepository(site, access, async (call) => {
      const quick = [`--io-timeout=${Math.min(site.answerS ?? ANSWER_S, ANSWER_S)}`]
      await writeReadRemove(call, quick)
      const { stdout } = await call(['info', '--output=json', ...quick], { timeoutMs: CALL_MS })
      const unreadable = unreadableStanzas(stdout)
      if (unreadable.length > 0) {
        const fault = 'passphrase'
        return result(false, { fault, sentence: faultSentence(repository, { fault, words: '' }) })
      }
      const sentence = `“${repository.name}” takes what is written, gives it back as it was and removes it`
      return result(true, { sentence })
    })
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'NOT_SUPPORTED') throw error
    if (error.code === 'CONFIG_MISSING' || error.code === 'SETTING_INVALID') throw error
    const seen = await faultBehind(error, access)
    return result(false, { fault: seen.fault, sentence: faultSentence(repository, seen) })
  }
}

/** A store that no connection reaches is told at once; pgBackRest would try for a while. */
async function unreachedBy({ repository }: RepositoryAccess): Promise<FaultSeen | undefined> {
  const destination = destinationOf(repository.storage)
  if (!destination) return undefined
  const probed = await probeConnection({ ...destination, tls: false, timeoutMs: PROBE_MS })
  if (probed.reached === 'ready') return undefined
  return { fault: probed.reached, code: probed.code, words: '' }
}

async function writeReadRemove(call: Call, quick: readonly string[]): Promise<void> {
  const file = `${DESCRIPTIONS}/check-${randomBytes(6).toString('hex')}`
  const content = `howdah ${randomBytes(16).toString('hex')}`
  const options = { timeoutMs: CALL_MS }
  await call(['repo-put', file, '--raw', ...quick], { ...options, input: content })
  const { stdout } = await call(['repo-get', file, '--raw', ...quick], options)
  await call(['repo-rm', file, ...quick], options)
  if (stdout === content) return
  throw new AppError('BACKUP_FAILED', 'what was read is not what was written')
}

/** pgBackRest's own error says what kind of fault it is; a look of ours at the way there says which. */
async function faultBehind(error: AppError, { repository }: RepositoryAccess): Promise<FaultSeen> {
  const failed = failedCommand(error)
  const words = failed ? wordsOf(failed) : error.message
  if (error.code === 'DISK_FULL') return { fault: 'space', words }
  const destination = destinationOf(repository.storage)
  if (!destination) return { fault: 'other', words }
  const fault = failed ? (faultOf(failed) ?? 'other') : 'timeout'
  if (fault !== 'connection' && fault !== 'tls' && fault !== 'timeout') return { fault, words }
  const probed = await probeConnection({ ...destination, timeoutMs: PROBE_MS })
  if (probed.reached === 'ready') return { fault, words }
  const isSilent = probed.code === 'ETIMEDOUT' && probed.reached === 'tls'
  return { fault: isSilent ? 'timeout' : probed.reached, code: probed.code, words }
}

function failedCommand({ details }: AppError): FailedCommand | undefined {
  const { exitCode, stderr } = details ?? {}
  if (typeof exitCode !== 'number' || typeof stderr !== 'string') return undefined
  return { exitCode, stderr }
}
