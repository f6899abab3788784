import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ProjectSpec } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import { readMemoryProject, type MemoryProject } from './memory-project.ts'
import { readProject } from './read.ts'
import { requiredConfig } from './required-config.ts'
import { resolveEnvironment } from './resolve-environment.ts'

const here = dirname(fileURLToPath(import.meta.url))
const fixtures = join(here, 'fixtures')
const samples = join(here, '../../../shared/samples')

/** Every file of a folder by its path in it. */
function filesOf(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(join(folder, below))) {
    const path = join(below, name)
    if (statSync(join(folder, path)).isDirectory()) Object.assign(found, filesOf(folder, path))
    else found[path] = readFileSync(join(folder, path), 'utf8')
  }
  return found
}

function outcome(project: MemoryProject): { file: string; text: string } {
  try {
    const spec = readMemoryProject(project)
    expect(ProjectSpec.safeParse(spec).error).toBeUndefined()
    return { file: 'expected.json', text: `${JSON.stringify(spec, null, 2)}\n` }
  } catch (error) {
    const { code, message } = AppError.from(error)
    if (code !== 'COMPOSE_INVALID') throw error
    return { file: 'expected-error.txt', text: `${message}\n` }
  }
}

describe('a project is read, or refused with every problem and its place', () => {
  test.each(readdirSync(fixtures))('%s', async (name) => {
    const folder = join(fixtures, name)
    const files = filesOf(folder)
    const input = JSON.parse(files['input.json'] ?? '{}') as Partial<MemoryProject> & {
      files?: string[]
    }
    const { file, text } = outcome({
      ...input,
      ...(input.files ? { compose: input.files } : {}),
      files,
    })
    const other = file === 'expected.json' ? 'expected-error.txt' : 'expected.json'
    expect(existsSync(join(folder, other)), `${name} was to end in ${other}`).toBe(false)
    await expect(text).toMatchFileSnapshot(join(folder, file))
  })
})

/** What a person must set before each sample runs; their local variants spell the rest out. */
const needed: Record<string, string[]> = {
  'crewai/compose.yaml': ['DJANGO_SECRET_KEY', 'POSTGRES_PASSWORD'],
  'crewai/compose.local.yaml': [],
  'django-celery/compose.yaml': ['POSTGRES_PASSWORD', 'SECRET_KEY'],
  'django-postgres/compose.yaml': ['ALLOWED_HOSTS', 'POSTGRES_PASSWORD', 'SECRET_KEY'],
  // Its literal key holds `$j` and `$gk`, which Compose takes for variables.
  'django-postgres/compose.dev.yaml': ['gk', 'j'],
  'hasura/compose.yaml': ['HASURA_GRAPHQL_ADMIN_SECRET', 'POSTGRES_PASSWORD', 'SSL_MODE'],
  'jupyter-postgres/compose.yaml': ['JUPYTER_TOKEN', 'POSTGRES_PASSWORD'],
  'mastra-nextjs/compose.yaml': ['DB_SSL', 'GITHUB_TOKEN', 'LLM_MODEL', 'POSTGRES_PASSWORD'],
  'nextjs-postgres/compose.yaml': ['POSTGRES_PASSWORD', 'POSTGRES_SSL'],
}

describe.skipIf(!existsSync(samples) && process.env['CI'] !== 'true')(
  'public sample applications (skipped where ../shared/samples is not there)',
  () => {
    test.each(Object.entries(needed))('%s reads unchanged', (path, names) => {
      const folder = join(samples, dirname(path))
      const compose = [path.slice(path.indexOf('/') + 1)]
      const spec = readMemoryProject({ files: filesOf(folder), compose })
      expect(ProjectSpec.safeParse(spec).error).toBeUndefined()
      expect(requiredConfig(spec).map(({ name }) => name)).toEqual(names)
      const managed = Object.values(spec.services).filter((service) => service.managed)
      expect(managed).toHaveLength(1)
      const lookup = {
        config: (name: string) => (names.includes(name) ? 's/e c' : undefined),
        endpoint: () => ({ host: '127.9.9.9', port: 5432 }),
      }
      for (const service of Object.keys(spec.services)) {
        const { values, missing } = resolveEnvironment(spec, service, lookup)
        expect(missing).toEqual([])
        const own = managed[0]!.name
        for (const [key, value] of Object.entries(values)) {
          if (value.startsWith('postgres://')) {
            expect(new URL(value).hostname).toBe('127.9.9.9')
            expect(['s/e c', 'password']).toContain(decodeURIComponent(new URL(value).password))
          }
          if (key.endsWith('HOST')) expect(value).not.toBe(own)
        }
      }
    })
  },
)

test('a problem carries its place as data', () => {
  const read = () =>
    readMemoryProject({ files: { 'compose.yaml': 'services:\n  a:\n    imaeg: x' } })
  expect(read).toThrow(
    expect.objectContaining({
      code: 'COMPOSE_INVALID',
      details: {
        problems: [{ file: 'compose.yaml', line: 3, column: 5, message: expect.any(String) }],
      },
    }),
  )
})

test.each([
  [{ projectName: 'flag' }, 'flag'],
  [{}, 'environment'],
  [{ environment: {} }, 'env-file'],
  [{ environment: {}, envFiles: [] }, 'written'],
])('the project’s name follows Compose’s order: %j', (more, name) => {
  const project = {
    files: {
      'compose.yaml': 'name: written\nservices: {}',
      '.env': 'COMPOSE_PROJECT_NAME=env-file',
    },
    environment: { COMPOSE_PROJECT_NAME: 'environment' },
    envFiles: ['.env'],
  }
  expect(readMemoryProject({ ...project, ...more }).name).toBe(name)
})

test.each([
  ['/home/me/Fancy-Proj_Dir', 'fancy-proj_dir'],
  ['/x/_My App.2', 'myapp2'],
])('a project in %s is called %s', (directory, name) => {
  const files = [{ path: `${directory}/compose.yaml`, text: 'services: {}' }]
  const none = { environment: {}, envFiles: [], profiles: [] }
  const world = { readFile: () => undefined, listDirectory: () => undefined }
  expect(readProject({ files, directory, ...none, ...world }).name).toBe(name)
})

test('files outside the project are shown by their whole path', () => {
  const files = { '/other/base.yaml': 'services: {a: {imaeg: x}}' }
  expect(() => readMemoryProject({ files, compose: ['/other/base.yaml'] })).toThrow(
    '/other/base.yaml:1:16: "imaeg"',
  )
})

test('aliases that would fill the memory are refused', () => {
  const levels = Array.from({ length: 12 }, (_, i) => {
    const last =
      i === 0
        ? '[x, x, x, x, x, x, x, x, x, x]'
        : `[${Array(10)
            .fill(`*l${i - 1}`)
            .join(', ')}]`
    return `x-l${i}: &l${i} ${last}`
  })
  const text = [...levels, 'services: {}'].join('\n')
  expect(() => readMemoryProject({ files: { 'compose.yaml': text } })).toThrow('too many values')
})
