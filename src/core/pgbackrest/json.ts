/** What a text of JSON says; undefined for a text that is none, which no schema of ours takes. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the schema fails with a better word
  }
}
