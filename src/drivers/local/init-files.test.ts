import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { member } from '../../core/plan/documents.suite.ts'
import { AppError } from '../../errors/app-error.ts'
import { runInitFiles } from './init-files.ts'

const password = 's3cret/of them'

/** Runs one shell script as a start script; its failure, or undefined. */
async function failureOf(script: string): Promise<AppError | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'howdah-init-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, '10-start.sh')
  await writeFile(path, script)
  const watch = { report: () => {}, signal: new AbortController().signal }
  const as = { role: 'app', database: 'app', password }
  try {
    await runInitFiles(member({ directory }), [{ name: '10-start.sh', path }], as, undefined, watch)
    return undefined
  } catch (error) {
    return AppError.from(error)
  }
}

test('a shell script sees the variables of the image and nothing of our own environment', async () => {
  process.env['HOWDAH_TEST_TOKEN'] = 'ours'
  process.env['PGOPTIONS'] = '-c x=y'
  onTestFinished(() => {
    delete process.env['HOWDAH_TEST_TOKEN']
    delete process.env['PGOPTIONS']
  })
  const passed = await failureOf(
    `[ "$POSTGRES_USER $POSTGRES_PASSWORD" = 'app ${password}' ] && [ -z "$HOWDAH_TEST_TOKEN$PGOPTIONS" ]`,
  )
  expect(passed).toBeUndefined()
})

test('the password that a failing script printed is in no part of its error', async () => {
  const error = await failureOf(
    `set -x\nexport PW="$POSTGRES_PASSWORD"\necho postgres://app:${encodeURIComponent(password)}@h\necho "$PW" >&2\nexit 3`,
  )
  expect(error).toMatchObject({ code: 'INIT_SCRIPT_FAILED', details: { exitCode: 3 } })
  const said = JSON.stringify(error)
  expect(said).toContain('***')
  expect(said).not.toContain('s3cret')
})
