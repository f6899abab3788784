/** The JSON values of a stream that has one per line, wherever its chunks are cut. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  let parts: Uint8Array[] = []
  for await (const chunk of chunks) {
    let begin = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, begin)) {
      parts.push(chunk.subarray(begin, end))
      begin = end + 1
      const line = textOf(parts)
      parts = []
      if (line !== '') yield JSON.parse(line) as unknown
    }
    if (begin < chunk.length) parts.push(chunk.subarray(begin))
  }
  const rest = textOf(parts)
  if (rest !== '') yield JSON.parse(rest) as unknown
}

const NEWLINE = 0x0a

const textOf = (parts: readonly Uint8Array[]): string =>
  Buffer.concat(parts).toString('utf8').trim()
