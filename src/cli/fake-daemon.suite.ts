import type { Fetch } from '../client/client.ts'
import type { Caller } from '../contract/access.ts'
import { api, type HowdahApi, type HowdahStreams, streams } from '../contract/api.ts'
import { type Handlers, hasBody, type StreamHandlers } from '../contract/endpoint.ts'
import { AppError } from '../errors/app-error.ts'
import { runCommandLine } from './run-command-line.ts'

export type FakeApi = Partial<Handlers<HowdahApi>>
export type FakeStreams = Partial<StreamHandlers<HowdahStreams>>

const caller: Caller = { name: 'root', role: 'admin', from: 'socket' }

/** A daemon made of the contract and these answers, behind a fetch. A call without an answer is an INTERNAL error. */
export function fakeDaemon(answers: FakeApi, events: FakeStreams = {}): Fetch {
  return async (url, init) => {
    const { pathname, searchParams } = new URL(url)
    const query = Object.fromEntries(searchParams)
    for (const [name, { path, input, event }] of Object.entries(streams)) {
      const named = match(path, pathname)
      const source = events[name as keyof FakeStreams]
      if (!named || !source) continue
      const asked = input.parse({ ...query, ...named })
      const items = source(asked as never, init.signal ?? new AbortController().signal, caller)
      let text = ''
      for await (const item of items) {
        text += `event: item\ndata: ${JSON.stringify(event.parse(item))}\n\n`
      }
      return new Response(text)
    }
    for (const [name, endpoint] of Object.entries(api)) {
      const named = match(endpoint.path, pathname)
      if (!named || endpoint.method !== (init.method ?? 'GET')) continue
      const body = hasBody(endpoint) ? (JSON.parse(init.body as string) as object) : query
      return answer(name as keyof FakeApi, endpoint.input.parse({ ...body, ...named }), answers)
    }
    return failure(new AppError('INTERNAL', `the contract has no ${init.method} ${pathname}`))
  }
}

async function answer(name: keyof FakeApi, input: object, answers: FakeApi): Promise<Response> {
  const handler = answers[name]
  if (!handler) return failure(new AppError('INTERNAL', `the test has no answer for ${name}`))
  try {
    return Response.json(await handler(input as never, caller))
  } catch (error) {
    return failure(AppError.from(error))
  }
}

const failure = (error: AppError): Response => Response.json(error, { status: error.status })

function match(path: string, pathname: string): Record<string, string> | undefined {
  const pattern = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${pattern}$`).exec(pathname)?.groups ?? (path === pathname ? {} : undefined)
}

interface Howdah {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

interface Around {
  readonly answers?: FakeApi
  readonly events?: FakeStreams
  readonly env?: Record<string, string>
  readonly directory?: string
  readonly stdin?: string
}

/** Runs a command line against a fake daemon, off a terminal, with an environment of its own. */
export async function howdah(words: readonly string[], around: Around = {}): Promise<Howdah> {
  const written = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => (written[name] += text),
  })
  const status = await runCommandLine(words, {
    env: { HOME: '/nonexistent', ...around.env },
    directory: around.directory ?? '/nonexistent',
    stdin: textSource(around.stdin ?? ''),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    fetch: fakeDaemon(around.answers ?? {}, around.events),
  })
  return { status, ...written }
}

async function* textSource(text: string): AsyncGenerator<string> {
  yield text
}
