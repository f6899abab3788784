import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf } from '../support/lab/compose-folder.ts'

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab[Symbol.asyncDispose]())

/** Bad compose files, each with the code and a part of the message that leads to the mistake. */
const mistakes: readonly (readonly [string, string, string, string])[] = [
  ['malformed YAML', 'services:\n  db: [image: postgres:16\n', 'COMPOSE_INVALID', 'compose.yaml:'],
  [
    'cyclic extends',
    'services:\n  a: { extends: { service: b } }\n  b: { extends: { service: a } }\n',
    'COMPOSE_INVALID',
    'compose.yaml:',
  ],
  [
    'config that is not set',
    composeText().replace('POSTGRES_PASSWORD: secret', 'POSTGRES_PASSWORD:'),
    'CONFIG_MISSING',
    'howdah config set --random POSTGRES_PASSWORD',
  ],
  [
    'an image tag that names no version',
    composeText().replace(/postgres:[\d.]+/, 'postgres:no-such-thing'),
    'COMPOSE_INVALID',
    'compose.yaml:4:',
  ],
  ['an unknown key', composeText().replace('memory', 'memorry'), 'COMPOSE_INVALID', 'memory'],
  [
    'a value that a setting cannot have',
    composeText(['command: postgres -c max_connections=banana']),
    'SETTING_INVALID',
    'max_connections',
  ],
  [
    'a setting that does not exist',
    composeText(['command: postgres -c no_such_setting=1']),
    'SETTING_INVALID',
    'no_such_setting',
  ],
]

test.each(mistakes)('%s is told and nothing is created', async (name, text, code, part) => {
  const folder = await composeFolder(lab, name.replaceAll(' ', '-'), { 'compose.yaml': text })
  const error = errorOf(await lab.howdah(['--json', 'up', '--yes'], { cwd: folder }))
  expect(error.code).toBe(code)
  expect(error.message).toContain(part)
  if (existsSync(join(lab.home, 'instances'))) {
    const projects = await readdir(join(lab.home, 'instances'))
    for (const project of projects) {
      expect(await readdir(join(lab.home, 'instances', project))).toEqual([])
    }
  }
  const shown = await lab.howdah(['--json', 'ps', '--all'])
  expect(JSON.parse(shown.stdout)).toEqual([])
})

test('everything that is wrong in a file is told at once, each with its place', async () => {
  const text = composeText(
    ['command: postgres -c max_connections'],
    ['POSTGRES_HOST_AUTH_METHOD: trust'],
  )
    .replace('memory', 'memorry')
    .replace(/postgres:[\d.]+/, 'postgres:no-such-thing')
  const folder = await composeFolder(lab, 'several', { 'compose.yaml': text })
  const { message } = errorOf(await lab.howdah(['--json', 'up', '--yes'], { cwd: folder }))
  const places = message.split('\n').map((line) => /compose\.yaml:(\d+):\d+: /.exec(line)?.[1])
  expect(places).toEqual(expect.arrayContaining(['4', '5', '10', '11']))
})
