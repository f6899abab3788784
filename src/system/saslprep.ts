import {
  isIn,
  leftToRight,
  mappedToNothing,
  nonAsciiSpaces,
  prohibited,
  rightToLeft,
  unassigned,
} from './stringprep-tables.ts'

/**
 * A password as Postgres and libpq hash it: SASLprep (RFC 4013) as their `pg_saslprep` does it, or unchanged where that refuses.
 * As theirs, it looks for forbidden characters before normalizing, not after, and leaves ASCII alone altogether.
 */
export function saslprep(password: string): string {
  if (/^[\0-\x7f]*$/.test(password)) return password
  const mapped = Array.from(password).flatMap((character) => {
    const codePoint = character.codePointAt(0) ?? 0
    if (isIn(nonAsciiSpaces, codePoint)) return [0x20]
    return isIn(mappedToNothing, codePoint) ? [] : [codePoint]
  })
  if (mapped.length === 0 || isRefused(mapped)) return password
  return String.fromCodePoint(...mapped).normalize('NFKC')
}

function isRefused(codePoints: readonly number[]): boolean {
  if (codePoints.some((each) => isIn(prohibited, each) || isIn(unassigned, each))) return true
  // RFC 3454 §6: right-to-left text must hold no left-to-right character, and begin and end right-to-left.
  const isRightToLeft = codePoints.map((each) => isIn(rightToLeft, each))
  if (!isRightToLeft.includes(true)) return false
  if (codePoints.some((each) => isIn(leftToRight, each))) return true
  return !isRightToLeft.at(0) || !isRightToLeft.at(-1)
}
