import type { z } from 'zod'
import type { Caller, Role, Within } from './access.ts'

/** One HTTP call, described once. The server, the typed client and the OpenAPI document are derived from it. */
export interface Endpoint<I extends z.ZodObject = z.ZodObject, R extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Names in braces travel in the path; the rest of `input` as query (GET, DELETE) or JSON body. */
  readonly path: `/v1/${string}`
  readonly summary: string
  /** The least role that may call it. */
  readonly needs: Role
  /** How callers of some projects are held to them; with several, each holds. */
  readonly within: Within | readonly Within[]
  readonly input: I
  readonly reply: R
}

/** A server-sent stream: the same as an endpoint, but `event` is what each message holds. */
export interface Stream<I extends z.ZodObject = z.ZodObject, E extends z.ZodType = z.ZodType> {
  readonly path: `/v1/${string}`
  readonly summary: string
  readonly needs: Role
  readonly within: Within | readonly Within[]
  readonly input: I
  readonly event: E
}

export const endpoint = <I extends z.ZodObject, R extends z.ZodType>(
  e: Endpoint<I, R>,
): Endpoint<I, R> => e
export const stream = <I extends z.ZodObject, E extends z.ZodType>(s: Stream<I, E>): Stream<I, E> =>
  s

export type Api = Record<string, Endpoint>
export type Streams = Record<string, Stream>

export type Handlers<A extends Api> = {
  [K in keyof A]: (
    input: z.output<A[K]['input']>,
    caller: Caller,
  ) => Promise<z.input<A[K]['reply']>>
}
export type StreamHandlers<S extends Streams> = {
  [K in keyof S]: (
    input: z.output<S[K]['input']>,
    signal: AbortSignal,
    caller: Caller,
  ) => AsyncIterable<z.input<S[K]['event']>>
}
export type Client<A extends Api> = {
  [K in keyof A]: (input: z.input<A[K]['input']>) => Promise<z.output<A[K]['reply']>>
}
export type StreamClient<S extends Streams> = {
  [K in keyof S]: (
    input: z.input<S[K]['input']>,
    signal?: AbortSignal,
  ) => AsyncIterable<z.output<S[K]['event']>>
}

export const pathNames = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string)

export const hasBody = (e: Endpoint): boolean => e.method === 'POST' || e.method === 'PUT'
