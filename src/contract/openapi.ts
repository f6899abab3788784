import { z } from 'zod'
import {
  type Api,
  type Endpoint,
  hasBody,
  pathNames,
  type Stream,
  type Streams,
} from './endpoint.ts'
import { ErrorBodySchema } from './operation.ts'

/** The OpenAPI 3.1 document of a contract. Pure; `docs/openapi.json` is its output and checked for staleness. */
export function openapi(
  api: Api,
  streams: Streams,
  info: { title: string; version: string },
): object {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [operationId, e] of Object.entries(api)) {
    paths[e.path] = { ...paths[e.path], [e.method.toLowerCase()]: { operationId, ...call(e) } }
  }
  for (const [operationId, s] of Object.entries(streams)) {
    paths[s.path] = { ...paths[s.path], get: { operationId, ...streamCall(s) } }
  }
  return { openapi: '3.1.0', info, paths }
}

function call(e: Endpoint): object {
  const inPath = pathNames(e.path)
  const rest = e.input.omit(
    Object.fromEntries(inPath.map((name) => [name, true as const])) as never,
  )
  return {
    summary: e.summary,
    parameters: parameters(e.input, inPath, !hasBody(e)),
    ...(hasBody(e)
      ? { requestBody: { required: true, ...content('application/json', rest, 'input') } }
      : {}),
    responses: {
      200: { description: 'OK', ...content('application/json', e.reply, 'output') },
      default: {
        description: 'An error',
        ...content('application/json', ErrorBodySchema, 'output'),
      },
    },
  }
}

function streamCall(s: Stream): object {
  return {
    summary: s.summary,
    parameters: parameters(s.input, pathNames(s.path), true),
    responses: {
      200: { description: 'Events', ...content('text/event-stream', s.event, 'output') },
    },
  }
}

function parameters(input: z.ZodObject, inPath: string[], withQuery: boolean): object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input' })
  return Object.entries(properties)
    .filter(([name]) => inPath.includes(name) || withQuery)
    .map(([name, schema]) => ({
      name,
      in: inPath.includes(name) ? 'path' : 'query',
      required: inPath.includes(name) || required.includes(name),
      schema,
    }))
}

const content = (type: string, schema: z.ZodType, io: 'input' | 'output'): object => ({
  content: { [type]: { schema: z.toJSONSchema(schema, { io }) } },
})
