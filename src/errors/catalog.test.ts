import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalog } from './catalog.ts'

const root = join(import.meta.dirname, '../..')
const codes = Object.keys(catalog)

test('every code is in docs/errors.md, and every code there exists', () => {
  const docs = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  const documented = [...docs.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1] ?? '')
  expect(documented.toSorted()).toEqual(codes.toSorted())
})

test('every code is used somewhere outside the catalog', () => {
  const text = globSync('src/**/*.ts', { cwd: root })
    .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('errors/catalog.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')
  expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([])
})

test('every hint is whole sentences that name a next step', () => {
  const command = /`[^`]+`|--[a-z]/
  const order =
    /(?:^|[.:;,] (?:and |or )?)(?:bring|check|choose|correct|free|install|list|mend|name|put|read|run|see|set|stop|try|type|undo|use)\b/i
  const unhelpful = Object.entries(catalog)
    .filter(([, { hint }]) => !hint.endsWith('.') || !(command.test(hint) || order.test(hint)))
    .map(([code]) => code)
  expect(unhelpful).toEqual([])
})

test('exit statuses are those of the table that users read: never 0, 1 or 2', () => {
  for (const { exit, status } of Object.values(catalog)) {
    expect(exit).toBeGreaterThanOrEqual(64)
    expect(exit).toBeLessThanOrEqual(130)
    expect(status).toBeGreaterThanOrEqual(400)
  }
})
