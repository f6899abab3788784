/**
 * Replaces a secret by `***` wherever it stands in a text: as it is, in a URL, and as a shell's trace and SQL write it. A
 * secret of under four characters hides nothing: it is no secret, and it stands in every other word.
 */
export function hideText(text: string, secret: string): string {
  let hidden = text
  for (const written of waysToWrite(secret)) hidden = hidden.replaceAll(written, '***')
  return hidden
}

/** As {@link hideText}, in every text that is in a value such as an error's details. */
export function hideTextIn(value: unknown, secret: string): unknown {
  if (typeof value === 'string') return hideText(value, secret)
  if (Array.isArray(value)) return value.map((item) => hideTextIn(item, secret))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, hideTextIn(inner, secret)]),
  )
}

const SHORTEST = 4

/** Longest first: a short one may be a part of a long one. */
function waysToWrite(secret: string): string[] {
  if (secret.length < SHORTEST) return []
  const inUrl = percentEncode(secret)
  const inStrictUrl = inUrl.replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const ways = [
    secret,
    ...[inUrl, inStrictUrl].flatMap((way) => [way, lowerHex(way), way.replaceAll('%20', '+')]),
    // `set -x` ends the quotes for one quote; SQL doubles it; JSON and C escape.
    secret.replaceAll("'", String.raw`'\''`),
    secret.replaceAll("'", "''"),
    JSON.stringify(secret).slice(1, -1),
  ]
  return [...new Set(ways)].toSorted((a, b) => b.length - a.length)
}

/** Half a surrogate pair has no UTF-8, and then no URL can carry the secret. */
const percentEncode = (text: string): string =>
  text.isWellFormed() ? encodeURIComponent(text) : text

const lowerHex = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())
