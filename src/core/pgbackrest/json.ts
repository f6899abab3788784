/**
 * What a text of JSON says; undefined for a text that is none, which no schema of ours takes. pgBackRest quotes what it could not
 * decrypt with its control characters as they are.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll(/\p{Cc}/gu, ' '))
  } catch {
    return undefined // the schema fails with a better word
  }
}
