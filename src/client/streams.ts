import type { Stream, StreamClient, Streams } from '../contract/endpoint.ts'
import { type ClientOptions, fillPath, query, readError, withoutPathNames } from './client.ts'
import { AppError, type ErrorBody } from '../errors/app-error.ts'

/** A typed client of a contract's streams: `for await (const op of streams.watchOperation({ id })) …`. */
export function createStreamClient<S extends Streams>(
  streams: S,
  options: ClientOptions,
): StreamClient<S> {
  const calls = Object.entries<Stream>(streams).map(([name, s]) => [
    name,
    (input: object, signal?: AbortSignal) => open(s, { ...input }, options, signal),
  ])
  return Object.fromEntries(calls) as StreamClient<S>
}

async function* open(
  s: Stream,
  input: Record<string, unknown>,
  options: ClientOptions,
  signal?: AbortSignal,
): AsyncIterable<unknown> {
  const url = `${options.baseUrl}${fillPath(s.path, input)}${query(withoutPathNames(s.path, input))}`
  const response = await options.fetch(url, {
    headers: { accept: 'text/event-stream' },
    ...(signal ? { signal } : {}),
  })
  if (!response.ok || !response.body) throw await readError(response)
  for await (const message of messages(response.body)) {
    if (message.event === 'error') throw AppError.fromBody(JSON.parse(message.data) as ErrorBody)
    if (message.event === 'item') yield s.event.parse(JSON.parse(message.data))
  }
}

/** The messages of a server-sent event stream (HTML standard, 9.2.6), as far as our own server uses them. */
async function* messages(
  body: ReadableStream<Uint8Array>,
): AsyncIterable<{ event: string; data: string }> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) yield parseMessage(block)
  }
}

function parseMessage(block: string): { event: string; data: string } {
  const lines = block.split('\n')
  const field = (name: string): string[] =>
    lines.filter((l) => l.startsWith(`${name}: `)).map((l) => l.slice(name.length + 2))
  return { event: field('event')[0] ?? 'message', data: field('data').join('\n') }
}
