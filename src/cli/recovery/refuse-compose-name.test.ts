import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { howdah } from '../fake-daemon.suite.ts'
import { instance } from '../fixtures.suite.ts'
import { restorePlan } from './fixtures.suite.ts'

const composeFile = `name: shop
services:
  web: { image: nginx }
  database:
    image: postgres:16
    environment: { POSTGRES_PASSWORD: }
    x-howdah-postgres: true
`

/** Where a command that has planned a restore as this was let through. */
async function restoreAs(name: string, words = ['restore', 'database', '--to', 'latest']) {
  const directory = mkdtempSync(join(tmpdir(), 'howdah-test-name-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'compose.yaml'), composeFile)
  const answers = {
    listInstances: async () => [instance()],
    getInstance: async () => instance(),
    planRestore: async () => restorePlan(),
  }
  return howdah([...words, '--as', name, '--dry-run'], { answers, directory })
}

test('a name that another service of the compose file has is refused with what to do', async () => {
  for (const words of [undefined, ['undelete', 'database', '--lineage', 'lineage001']]) {
    const { status, stderr } = await restoreAs('web', words)
    expect(status).not.toBe(0)
    expect(stderr).toContain('“web” is a service of the compose file')
    expect(stderr).toContain('--as web-restored')
  }
})

test('any other name is not, and neither is one where there is no compose file', async () => {
  expect((await restoreAs('rescued')).status).toBe(0)
  const answers = { getInstance: async () => instance(), planRestore: async () => restorePlan() }
  const line = ['-p', 'shop', 'restore', 'database', '--to', 'latest', '--as', 'web', '--dry-run']
  expect((await howdah(line, { answers })).status).toBe(0)
})
