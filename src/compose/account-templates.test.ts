import { expect, test } from 'vitest'
import { withAccountFromConfig } from './account-templates.ts'
import { readMemoryProject } from './memory-project.ts'

function account(environment: string, ...set: string[]) {
  const spec = readMemoryProject({
    files: {
      'compose.yaml': `services: {db: {image: 'postgres:16', x-howdah-postgres: , environment: ${environment}}}`,
    },
  })
  const service = spec.services['db']
  if (!service?.managed) throw new Error('db is managed')
  const { user, database, password } = withAccountFromConfig(service, service.managed, (name) =>
    set.includes(name),
  )
  return { user, database, password }
}

const config = (name: string) => [{ config: name }]

test('a literal counts where no config has its name', () => {
  expect(account('{POSTGRES_PASSWORD: x}', 'OTHER')).toEqual({
    user: ['postgres'],
    database: ['postgres'],
    password: ['x'],
  })
})

test('a config beats the literal of the same name', () => {
  const environment = '{POSTGRES_USER: a, POSTGRES_DB: d, POSTGRES_PASSWORD: x}'
  expect(account(environment, 'POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD')).toEqual({
    user: config('POSTGRES_USER'),
    database: config('POSTGRES_DB'),
    password: config('POSTGRES_PASSWORD'),
  })
})

test('a config for a variable that the service does not have changes nothing', () => {
  expect(account('{POSTGRES_PASSWORD: x}', 'POSTGRES_USER', 'POSTGRES_DB')).toMatchObject({
    user: ['postgres'],
    database: ['postgres'],
  })
})

test('a database that is not named is called like the user, also when config says who that is', () => {
  const environment = '{POSTGRES_USER: a, POSTGRES_PASSWORD: x}'
  expect(account(environment).database).toEqual(['a'])
  expect(account(environment, 'POSTGRES_USER').database).toEqual(config('POSTGRES_USER'))
})
