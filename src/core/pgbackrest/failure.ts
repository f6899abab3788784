import type { RepositoryCheck } from '../../contract/repository.ts'

export type RepositoryFault = NonNullable<RepositoryCheck['fault']>

/** How a pgBackRest command ended that did not succeed. */
export interface FailedCommand {
  readonly exitCode: number
  readonly stderr: string
}

/** What pgBackRest's exit codes, which are its error numbers (error.yaml), say of the way to a repository. */
const faults: ReadonlyMap<number, RepositoryFault> = new Map([
  // Of a read from a connection; a file that cannot be read has another number (41).
  [42, 'timeout'],
  [49, 'connection'],
  [95, 'tls'],
  [101, 'server'],
  [105, 'credentials'],
])

const PROTOCOL = 39

/** Why the way to a repository failed; undefined when the failure is not of that kind. */
export function faultOf(failed: FailedCommand): RepositoryFault | undefined {
  const fault = faults.get(failed.exitCode)
  if (fault || failed.exitCode !== PROTOCOL) return fault
  const status = httpStatusOf(failed.stderr)
  if (status === 401 || status === 403) return 'credentials'
  if (status === 404) return 'missing'
  return status !== undefined && status >= 500 ? 'server' : 'other'
}

/** The status of the answer that a store gave; pgBackRest has it in its words alone. */
function httpStatusOf(stderr: string): number | undefined {
  const [, status] = /HTTP request failed with (\d{3})\b/.exec(stderr) ?? []
  return status === undefined ? undefined : Number(status)
}

/** Another command of the same kind runs on this stanza. */
export const isLocked = ({ exitCode }: FailedCommand): boolean => exitCode === 50

/** The server's control file is of a version that this release does not know. */
export const isUnknownVersion = ({ exitCode }: FailedCommand): boolean => exitCode === 46

/** pgBackRest's own first words for the failure, without its error number: one line for people. */
export function wordsOf({ stderr, exitCode }: FailedCommand): string {
  const [, words] = /^(?:P\d+\s+)?ERROR: \[\d+\]: (.*)$/m.exec(stderr) ?? []
  return words?.trim().replace(/:$/, '') || `exit code ${exitCode}`
}

/** Takes secrets out of a tool's words. What is shorter than four characters is in every word, and no secret. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const hidden = secrets.filter((secret) => secret.length >= 4)
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
}
