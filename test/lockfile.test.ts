import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')

interface Entry {
  version: string
  hasInstallScript?: boolean
  optional?: boolean
  os?: string[]
  optionalDependencies?: Record<string, string>
}
const { packages } = JSON.parse(text) as { packages: Record<string, Entry> }

test('the lock has every platform’s binaries, so that npm ci passes on each', () => {
  const missing = Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${owner}/node_modules/${name}`],
    ),
  )
  expect(missing, 'run node scripts/complete-lock.ts').toEqual([])
})

test('the lock names no registry', () => {
  expect(text).not.toContain('"resolved"')
})

test('no package that is installed everywhere runs a script of its own', () => {
  const withScript = Object.entries(packages).filter(([, e]) => e.hasInstallScript && !e.optional)
  expect(withScript.map(([path]) => path)).toEqual([])
})
