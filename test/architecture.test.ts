import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { expect, test } from 'vitest'
import { type Sources, violationsOf } from './support/architecture.ts'
import { FOLDER_RULES } from './support/import-rules.ts'

const root = join(import.meta.dirname, '..')

/** The TypeScript files under a folder, by their path in it. */
function read(folder: string): Sources {
  const paths = globSync('**/*.ts', { cwd: join(root, folder) })
  return new Map(
    paths.map((path) => [
      path.split(sep).join('/'),
      readFileSync(join(root, folder, path), 'utf8'),
    ]),
  )
}

test('every file of src keeps the layout, and every import points the way DESIGN.md says', () => {
  const sources = read('src')
  expect(sources.size).toBeGreaterThan(10)
  expect(violationsOf(sources)).toEqual([])
})

test('the rules themselves have no cycle', () => {
  const done = new Set<string>()
  const open = new Set(Object.keys(FOLDER_RULES))
  for (let before = -1; before !== done.size;) {
    before = done.size
    for (const folder of open) {
      if (FOLDER_RULES[folder]?.folders.every((needed) => done.has(needed))) done.add(folder)
    }
  }
  expect([...open].filter((folder) => !done.has(folder))).toEqual([])
})

test('each kind of violation is found in a tree made of them, and nothing else is', () => {
  const bad = new Map(read('test/support/fixtures/bad-imports'))
  bad.set('core/long.ts', 'export const line = 1\n'.repeat(301))
  bad.set('core/fits.ts', 'export const line = 1\n'.repeat(300))
  expect(violationsOf(bad).toSorted()).toEqual([
    'cli/commands/daemon/run.ts:1: daemon may be imported only by import()',
    'cli/commands/up.ts:2: of cli, only cli/commands/daemon/run.ts may import daemon',
    'cli/commands/up.ts:3: import(`./${name}.ts`) is computed',
    'cli/outside.ts:1: ../../package.json is outside src',
    'client/client.ts:1: client may not import node:http',
    'compose/utils.ts:1: the name utils.ts does not say what is in it',
    'contract: imports itself through other folders',
    'core/long.ts:301: more than 300 lines',
    'core/plan.ts:1: core may not import node:fs',
    'core/plan.ts:2: core may not import the package hono',
    'core/plan.ts:3: core may not import system',
    'core/plan.ts:4: core may not import store',
    'drivers/local/local.ts:1: drivers/local may not import drivers/fake',
    'drivers/local/local.ts:2: drivers may not import node:child_process',
    'errors/catalog.ts:1: errors may not import contract',
    'errors: imports itself through other folders',
    'extras/anything.ts:1: no rule for this folder',
    'operations/apply.ts:2: of drivers, operations may import only drivers/driver.ts',
    'system/run.ts:1: system may not import the package pg',
    'system/run.ts:2: system/run.test.ts is a test',
  ])
})
