/** Letters inserted, deleted, replaced or swapped with their neighbour to make `a` into `b`. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i])
  for (let j = 1; j <= b.length; j += 1) rows[0]![j] = j
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1)
      }
      rows[i]![j] = best
    }
  }
  return rows[a.length]![b.length]!
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[-_.]/g, '')

/** The one of `candidates` that a person most likely meant by `name`; nothing when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const limit = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3))
  let found: string | undefined
  let best = limit + 1
  for (const candidate of candidates) {
    const apart = distance(plain(name), plain(candidate))
    if (apart < best && apart < candidate.length) {
      best = apart
      found = candidate
    }
  }
  return found
}

/** ` Did you mean "x"?`, or nothing, to put after a sentence about an unknown name. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const found = nearest(name, candidates)
  return found === undefined ? '' : ` Did you mean "${found}"?`
}
