import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const exec = promisify(execFile)
const root = join(import.meta.dirname, '../..')

let folder: string
let packed: string[]
let howdah: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'howdah-test-package-'))
  // `prepack` builds first.
  const { stdout } = await exec('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  const { filename, files } = packOf(JSON.parse(stdout))
  packed = files.map((file) => file.path)
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  await exec(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)],
    {
      cwd: folder,
    },
  )
  howdah = join(folder, 'node_modules/.bin/howdah')
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('the tarball holds what runs and what a reader wants, and no tests', () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      'package.json',
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/howdah.js',
      'dist/cli/main.js',
    ]),
  )
  const unwanted = packed.filter((path) =>
    /\.(test|suite)\.|fixtures|\.ts$|^(src|test|scripts)\//.test(path),
  )
  expect(unwanted).toEqual([])
})

test('the installed command says its version and its help', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  expect((await exec(howdah, ['--version'])).stdout).toBe(`${version}\n`)
  const help = await exec(howdah, ['--help'], { env: { ...process.env, NO_COLOR: '1' } })
  expect(help.stdout).toContain('howdah')
  expect(help.stdout).toMatch(/^\s*up\b/m)
  expect(help.stderr).toBe('')
})

test('an unknown command is a usage error, from the package as from the sources', async () => {
  await expect(exec(howdah, ['upp'])).rejects.toMatchObject({ code: 64 })
})

interface Pack {
  filename: string
  files: { path: string }[]
}

/** npm answers an array, newer ones an object by package name. */
function packOf(answer: Pack[] | Record<string, Pack>): Pack {
  const [pack] = Object.values(answer)
  if (!pack) throw new Error('npm pack reported no package')
  return pack
}
