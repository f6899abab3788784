import type { ArchiveProblem } from '../../contract/backup.ts'

export interface ArchiveNews {
  readonly severity: 'info' | 'error'
  /** `archive-lost`, `archive-late`, …, or `archive-mended`. */
  readonly kind: string
  readonly message: string
}

/**
 * What people are told when an archive's problems change from `before` to `after`: each kind once when something of it is
 * new, and one word when something is mended. `of`: whose archive, `shop/db`.
 */
export function archiveNews(
  of: string,
  before: readonly ArchiveProblem[],
  after: readonly ArchiveProblem[],
): ArchiveNews[] {
  const added = after.filter((problem) => !before.some((b) => isSame(b, problem)))
  const mended = before.filter((problem) => !after.some((a) => isSame(a, problem)))
  const kinds = [...new Set(added.map(({ kind }) => kind))]
  const news = kinds.map((kind): ArchiveNews => {
    const message = inOneSentence(added.filter((a) => a.kind === kind))
    return { severity: 'error', kind: `archive-${kind}`, message: `${of}: ${message}` }
  })
  const passed = mended.filter((m) => !after.some((a) => a.kind === m.kind))
  if (passed.length === 0) return news
  const message = `${of}: the archive is mended: ${inOneSentence(passed)}`
  return [...news, { severity: 'info', kind: 'archive-mended', message }]
}

/** One segment after another may be late: that is one trouble. What is lost or changed is one for each segment. */
const isSame = (a: ArchiveProblem, b: ArchiveProblem): boolean =>
  a.kind === b.kind && (a.kind === 'late' || a.kind === 'unreachable' || a.segment === b.segment)

function inOneSentence(problems: readonly ArchiveProblem[]): string {
  const more = problems.length - 1
  const first = problems[0]?.sentence ?? ''
  return more > 0 ? `${first} (and ${more} more)` : first
}
