import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { composeFolder } from './fixtures.suite.ts'
import { readProjectHere } from './project.ts'
import type { ComposeOptions } from './shared-flags.ts'

const none: ComposeOptions = {
  file: [],
  projectName: undefined,
  envFile: [],
  profile: [],
  projectDirectory: undefined,
}

let folder: string
beforeEach(() => {
  folder = composeFolder()
})
afterEach(() => rmSync(folder, { recursive: true }))

const read = (compose: Partial<ComposeOptions> = {}, env = {}, directory = folder) =>
  readProjectHere({ env, directory, compose: { ...none, ...compose } })

test('the compose file of the nearest folder above is found', () => {
  const below = join(folder, 'a', 'b')
  mkdirSync(below, { recursive: true })
  expect(read({}, {}, below)).toMatchObject({ name: 'shop', directory: folder })
})

test('-p wins over the file’s name', () => {
  expect(read({ projectName: 'other' }).name).toBe('other')
})

test('.env may name the compose files, and the shell wins over it', () => {
  writeFileSync(join(folder, 'b.yaml'), 'name: from-b\nservices: {}\n')
  writeFileSync(join(folder, '.env'), 'COMPOSE_FILE=b.yaml\n')
  expect(read().name).toBe('from-b')
  expect(read({}, { COMPOSE_FILE: 'compose.yaml' }).name).toBe('shop')
  expect(read({ file: ['compose.yaml'] }).name).toBe('shop')
})

test('a second file of a default name is told to be passed over', () => {
  writeFileSync(join(folder, 'docker-compose.yml'), 'services: {}\n')
  expect(read().notes.map((note) => note.message)).toContain(
    `${join(folder, 'docker-compose.yml')} is not read; ${join(folder, 'compose.yaml')} comes first`,
  )
})

test.each([
  [{ file: ['nope.yaml'] }, 'there is no compose file'],
  [{ envFile: ['nope.env'] }, 'there is no env file'],
])('%j is COMPOSE_NOT_FOUND', (compose, message) => {
  expect(() => read(compose)).toThrow(
    expect.objectContaining({
      code: 'COMPOSE_NOT_FOUND',
      message: expect.stringContaining(message) as string,
    }),
  )
})
