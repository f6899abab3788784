import { expect, test } from 'vitest'
import { findComposeFiles, findEnvFiles } from './find.ts'

function find(files: string[], cwd = '/a/b', more = {}) {
  const exists = (path: string) => files.includes(path)
  return findComposeFiles({ cwd, environment: {}, exists, ...more })
}

test('the first default name in the folder wins, and the others are named', () => {
  expect(find(['/a/b/docker-compose.yml', '/a/b/compose.yaml'])).toEqual({
    files: ['/a/b/compose.yaml'],
    directory: '/a/b',
    passedOver: ['/a/b/docker-compose.yml'],
  })
})

test('folders above are searched, up to the root', () => {
  expect(find(['/a/compose.yml'])).toMatchObject({ files: ['/a/compose.yml'], directory: '/a' })
  expect(find(['/docker-compose.yaml'])).toMatchObject({ directory: '/' })
  expect(find([])).toBeUndefined()
})

test('an override file beside the chosen file is merged over it', () => {
  const files = ['/a/b/compose.yaml', '/a/b/compose.override.yaml', '/a/compose.override.yml']
  expect(find(files)?.files).toEqual(['/a/b/compose.yaml', '/a/b/compose.override.yaml'])
})

test('-f and COMPOSE_FILE name files from the working folder, and bring no override file', () => {
  const files = ['/a/b/compose.yaml', '/a/b/compose.override.yaml']
  expect(find(files, '/a/b', { files: ['../x.yaml', 'compose.yaml'] })).toMatchObject({
    files: ['/a/x.yaml', '/a/b/compose.yaml'],
    directory: '/a',
  })
  const environment = { COMPOSE_FILE: 'one.yaml:/two.yaml' }
  expect(find(files, '/a/b', { environment })?.files).toEqual(['/a/b/one.yaml', '/two.yaml'])
  const separated = { COMPOSE_FILE: 'one.yaml;two.yaml', COMPOSE_PATH_SEPARATOR: ';' }
  expect(find(files, '/a/b', { environment: separated })?.files).toHaveLength(2)
})

test('another project folder may be asked for', () => {
  expect(find(['/a/b/compose.yaml'], '/a/b', { directory: '..' })?.directory).toBe('/a')
})

test('env files are those asked for, else COMPOSE_ENV_FILES, else .env of the project', () => {
  const exists = (path: string) => path === '/p/.env'
  const from = { cwd: '/p/sub', directory: '/p', exists }
  expect(findEnvFiles({ ...from, environment: {} })).toEqual(['/p/.env'])
  const named = { COMPOSE_ENV_FILES: 'a.env,/b.env' }
  expect(findEnvFiles({ ...from, environment: named })).toEqual(['/p/sub/a.env', '/b.env'])
  expect(findEnvFiles({ ...from, environment: named, envFiles: ['c'] })).toEqual(['/p/sub/c'])
  const disabled = { COMPOSE_DISABLE_ENV_FILE: 'true' }
  expect(findEnvFiles({ ...from, environment: disabled })).toEqual([])
  expect(findEnvFiles({ ...from, exists: () => false, environment: {} })).toEqual([])
})
