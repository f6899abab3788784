import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { api, streams } from './api.ts'
import { type Endpoint, hasBody, pathNames, type Stream } from './endpoint.ts'
import { openapi } from './openapi.ts'

const endpoints = Object.entries<Endpoint>(api)
const all: [string, Endpoint | Stream][] = [...endpoints, ...Object.entries<Stream>(streams)]
const methodOf = (e: Endpoint | Stream): string => ('method' in e ? e.method : 'GET')

/** The first of each pair that means the same as another. */
const doubles = (texts: readonly string[]): string[] =>
  texts.filter((text, index) => texts.indexOf(text) !== index)

test('no two calls or streams have the same method and path, whatever their parameters are called', () => {
  const routes = all.map(([, e]) => `${methodOf(e)} ${e.path.replace(/\{\w+\}/g, '{}')}`)
  expect(doubles(routes)).toEqual([])
  expect(doubles(all.map(([name]) => name))).toEqual([])
})

test('no fixed path can be taken for another one’s parameter', () => {
  const clashes = all.flatMap(([name, e]) =>
    all
      .filter(([, other]) => other !== e && methodOf(other) === methodOf(e))
      .filter(([, other]) => {
        const pattern = other.path.replace(/\{\w+\}/g, '[^/{}]+')
        return new RegExp(`^${pattern}$`).test(e.path)
      })
      .map(([other]) => `${name} looks like ${other}`),
  )
  expect(clashes).toEqual([])
})

test('every parameter in a path is a text of the input', () => {
  for (const [name, e] of all) {
    for (const parameter of pathNames(e.path)) {
      const schema = e.input.shape[parameter] as z.ZodType | undefined
      expect(schema, `${name}: ${parameter}`).toBeDefined()
      expect(z.toJSONSchema(schema!, { io: 'input' })).toMatchObject({ type: 'string' })
    }
  }
})

test('what travels as a query can be written as text', () => {
  const queries = all.filter(([, e]) => !('method' in e) || !hasBody(e))
  for (const [name, e] of queries) {
    const { properties = {} } = z.toJSONSchema(e.input, { io: 'input' })
    const types = Object.values(properties).map((p) => (typeof p === 'object' ? p.type : p))
    expect(
      types.filter((type) => type === 'object' || type === 'array'),
      name,
    ).toEqual([])
  }
})

test('the OpenAPI document is the same each time, whole, and the one in docs/', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const make = () => openapi(api, streams, { title: 'Howdah', version })
  expect(make()).toEqual(make())
  const document = make() as { paths: Record<string, Record<string, { operationId: string }>> }
  const operations = Object.values(document.paths).flatMap((p) => Object.values(p))
  expect(operations.map((o) => o.operationId).toSorted()).toEqual(
    all.map(([name]) => name).toSorted(),
  )
  const stored = readFileSync(join(root, 'docs/openapi.json'), 'utf8')
  expect(JSON.parse(stored)).toEqual(JSON.parse(JSON.stringify(document)))
})

const root = join(import.meta.dirname, '../..')
