import { setTimeout as delay } from 'node:timers/promises'
import type { Archive } from '../contract/backup.ts'
import type { ArchiveDocument, LineageDocument } from '../contract/documents/lineage.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import type { AgentEnvironment } from './environment.ts'

export interface Patience {
  /** A healthy archive answers in milliseconds, one far away in seconds; a trouble must be told within two minutes. */
  readonly answerMs: number
  /** A repository across a network fails now and then for a moment, and that is nobody's concern. */
  readonly failingMs: number
}

export const PATIENCE: Patience = { answerMs: 45_000, failingMs: 30_000 }

/** Asks the engine of one lineage what its archive has; an engine that hangs is asked nothing more until it answers. */
export class ArchiveQuestion {
  readonly #env: Pick<AgentEnvironment, 'backups'>
  readonly #patience: Patience
  #asked: Promise<Archive> | undefined
  #failingSinceMs: number | undefined

  constructor(env: Pick<AgentEnvironment, 'backups'>, patience = PATIENCE) {
    this.#env = env
    this.#patience = patience
  }

  /** Whether the last question got no answer. */
  get isFailing(): boolean {
    return this.#failingSinceMs !== undefined
  }

  /**
   * What is there now; when nobody can tell for a while, what was there last and the problem `unreachable`. Undefined when
   * there is nothing to say yet. Never throws.
   */
  async ask(
    lineage: LineageDocument,
    member: MemberDocument,
    last: ArchiveDocument | undefined,
  ): Promise<ArchiveDocument | undefined> {
    const askedAtMs = performance.now()
    const { answerMs, failingMs } = this.#patience
    const answered = new AbortController()
    try {
      this.#asked ??= this.#askEngine(lineage, member)
      const archive = await Promise.race([
        this.#asked,
        delay(answerMs, undefined, { ref: false, signal: answered.signal }),
      ])
      if (!archive) throw new AppError('DEADLINE_EXCEEDED', `no answer in ${answerMs / 1000} s`)
      this.#failingSinceMs = undefined
      return { ...archive, format: 1 }
    } catch (error) {
      this.#failingSinceMs ??= askedAtMs
      const failsMs = performance.now() - this.#failingSinceMs
      return failsMs < failingMs ? undefined : unreachable(lineage, last, AppError.from(error))
    } finally {
      answered.abort()
    }
  }

  async #askEngine(lineage: LineageDocument, member: MemberDocument): Promise<Archive> {
    try {
      return await this.#env.backups.of(lineage).archive(lineage, member)
    } finally {
      this.#asked = undefined
    }
  }
}

/** What was there last; nothing, before anybody could tell. */
export const lastKnown = (
  { id }: Pick<LineageDocument, 'id'>,
  last: ArchiveDocument | undefined,
): ArchiveDocument =>
  last ?? {
    format: 1,
    lineage: id,
    ranges: [],
    segments: 0,
    storedBytes: 0,
    backlog: { segments: 0, bytes: 0 },
    problems: [],
    checkedAt: new Date().toISOString(),
  }

/** What is known of an archive that does not answer. */
function unreachable(
  lineage: LineageDocument,
  last: ArchiveDocument | undefined,
  { message }: AppError,
): ArchiveDocument {
  const now = new Date().toISOString()
  const known = lastKnown(lineage, last)
  const before = known.problems.find((p) => p.kind === 'unreachable')
  const problem = {
    kind: 'unreachable' as const,
    sentence: `the archive cannot be reached: ${message}`,
    since: before?.since ?? now,
  }
  const others = known.problems.filter((p) => p.kind !== 'unreachable')
  return { ...known, problems: [...others, problem], checkedAt: now }
}
