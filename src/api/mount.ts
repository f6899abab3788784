import { type Context as HonoContext, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import type { Caller } from '../contract/access.ts'
import {
  type Api,
  type Endpoint,
  type Handlers,
  hasBody,
  type Stream,
  type StreamHandlers,
  type Streams,
} from '../contract/endpoint.ts'
import { AppError } from '../errors/app-error.ts'
import type { Audit } from './access/audit.ts'
import type { Guard } from './access/guard.ts'
import type { Carried, Forward } from './forward/forward.ts'

/** Masks, seeds and start scripts travel in a body; 64 MiB of them is far beyond what people write. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

/** What each door puts beside a request. */
export interface Doorway {
  readonly caller: Caller
  /** Another host’s daemon sent it on: it is answered here. */
  readonly isForwarded?: boolean
}

export type HowdahApp = Hono<{ Bindings: Doorway }>
type RequestContext = Pick<HonoContext<{ Bindings: Doorway }>, 'req' | 'env'>

/**
 * Binds a contract to its handlers. An endpoint or stream without a handler does not compile; nothing is handled that
 * the guard has not admitted. What is about another host is answered by that one’s daemon.
 */
export function mount<A extends Api, S extends Streams>(
  api: A,
  handlers: Handlers<A>,
  streams: S,
  streamHandlers: StreamHandlers<S>,
  guard: Guard,
  audit: Audit,
  forward: Forward,
  onError: (error: AppError) => void,
): HowdahApp {
  const app: HowdahApp = new Hono()
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLong }))
  for (const [name, s] of Object.entries<Stream>(streams)) {
    mountStream(app, s, streamHandlers[name] as never, guard, forward)
  }
  for (const [name, e] of Object.entries<Endpoint>(api)) {
    mountEndpoint(app, name, e, handlers[name] as never, guard, audit, forward)
  }
  app.onError((error, c) => {
    const failure = AppError.from(error)
    if (failure.code === 'INTERNAL') onError(failure)
    return c.json(failure.toJSON(), failure.status as 500)
  })
  return app
}

const tooLong = (): never => {
  throw new AppError('USAGE', `a request may have ${MAX_BODY_BYTES / 1024 ** 2} MiB`)
}

const route = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

function mountEndpoint(
  app: HowdahApp,
  name: string,
  e: Endpoint,
  handle: (input: object, caller: Caller) => Promise<unknown>,
  guard: Guard,
  audit: Audit,
  forward: Forward,
): void {
  app.on(e.method, route(e.path), async (c) => {
    const rest = hasBody(e) ? await readBody(c.req) : c.req.query()
    const input = parse(e.input, { ...rest, ...c.req.param() })
    const { caller } = c.env
    try {
      await guard.admit(e, input, caller)
    } catch (error) {
      await audit.refused(name, e, input, caller, AppError.from(error))
      throw error
    }
    const carried = { ...carriedOn(c), input, ...(hasBody(e) ? { body: rest } : {}) }
    const answer = await forward.call(name, e, carried)
    if (answer) return answer
    const handled = await audit.handle(name, e, input, caller, () => handle(input, caller))
    const reply = e.reply.parse(handled)
    return c.json((await guard.reply(e, reply, caller)) as object)
  })
}

function mountStream(
  app: HowdahApp,
  s: Stream,
  handle: (input: object, signal: AbortSignal, caller: Caller) => AsyncIterable<unknown>,
  guard: Guard,
  forward: Forward,
): void {
  app.get(route(s.path), async (c) => {
    const input = parse(s.input, { ...c.req.query(), ...c.req.param() })
    const { caller } = c.env
    await guard.admit(s, input, caller)
    const gone = new AbortController()
    const answer = await forward.stream(s, { ...carriedOn(c), input }, c.req.raw.signal)
    if (answer) return answer
    return streamSSE(c, async (sse) => {
      sse.onAbort(() => gone.abort())
      try {
        for await (const item of handle(input, gone.signal, caller)) {
          if (!(await guard.sees(s, item, caller))) continue
          await sse.writeSSE({ event: 'item', data: JSON.stringify(s.event.parse(item)) })
        }
        await sse.writeSSE({ event: 'end', data: '{}' })
      } catch (error) {
        const body = JSON.stringify(AppError.from(error).toJSON())
        await sse.writeSSE({ event: 'error', data: body })
      }
    })
  })
}

/** What of a request another host must know to answer it. */
function carriedOn({ req, env }: RequestContext): Pick<Carried, 'method' | 'path' | 'doorway'> {
  const { pathname, search } = new URL(req.url)
  return { method: req.method, path: `${pathname}${search}`, doorway: env }
}

async function readBody(req: { json: () => Promise<unknown> }): Promise<object> {
  try {
    return Object(await req.json()) as object
  } catch (cause) {
    throw new AppError('USAGE', 'the request has no JSON body', { cause })
  }
}

function parse(schema: z.ZodObject, value: unknown): object {
  const input = schema.safeParse(value)
  if (input.success) return input.data
  const wrong = input.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new AppError('USAGE', wrong.join('\n'))
}
