import { type Api, type Client, type Endpoint, hasBody, pathNames } from '../contract/endpoint.ts'
import { AppError, type ErrorBody } from '../errors/app-error.ts'

/** How requests travel: the browser's fetch, a Unix socket, or an app under test. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface ClientOptions {
  readonly baseUrl: string
  readonly fetch: Fetch
}

/**
 * A typed client of a contract: `createClient(api, …).getInstance({ project, service })`.
 * Errors of the daemon arrive as the same AppError; a daemon that is not there is DAEMON_UNREACHABLE.
 */
export function createClient<A extends Api>(api: A, options: ClientOptions): Client<A> {
  const calls = Object.entries<Endpoint>(api).map(([name, e]) => [
    name,
    (input: object) => call(e, { ...input }, options),
  ])
  return Object.fromEntries(calls) as Client<A>
}

async function call(
  e: Endpoint,
  input: Record<string, unknown>,
  options: ClientOptions,
): Promise<unknown> {
  const rest = withoutPathNames(e.path, input)
  const url = `${options.baseUrl}${fillPath(e.path, input)}${hasBody(e) ? '' : query(rest)}`
  const response = await options.fetch(url, {
    method: e.method,
    headers: { 'content-type': 'application/json' },
    ...(hasBody(e) ? { body: JSON.stringify(rest) } : {}),
  })
  if (!response.ok) throw await readError(response)
  return e.reply.parse(await response.json())
}

/** The error that a response carries; a body that is not ours is INTERNAL with the status. */
export async function readError(response: Response): Promise<AppError> {
  const text = await response.text()
  try {
    return AppError.fromBody(JSON.parse(text) as ErrorBody)
  } catch (cause) {
    return new AppError('INTERNAL', `the daemon answered ${response.status}: ${text}`, { cause })
  }
}

export function fillPath(path: string, input: Record<string, unknown>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])))
}

export function withoutPathNames(
  path: string,
  input: Record<string, unknown>,
): Record<string, unknown> {
  const inPath = pathNames(path)
  return Object.fromEntries(Object.entries(input).filter(([name]) => !inPath.includes(name)))
}

export function query(values: Record<string, unknown>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined)
  if (set.length === 0) return ''
  return `?${new URLSearchParams(set.map(([name, value]): [string, string] => [name, String(value)])).toString()}`
}
