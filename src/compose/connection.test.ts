import { describe, expect, test } from 'vitest'
import { connection } from './connection.ts'
import { readMemoryProject } from './memory-project.ts'

const password = 'p@ss/w:rd %&? \'"'

describe('the account of a managed service', () => {
  const read = (environment: string) =>
    readMemoryProject({
      files: {
        'compose.yaml': `services: {db: {image: postgres, x-howdah-postgres: , environment: ${environment}}}`,
      },
    })
  const account = (environment: string, values: Record<string, string>) =>
    connection(read(environment), 'db', { config: (name) => values[name] })

  test('has its config put in, as it is', () => {
    expect(account('{POSTGRES_PASSWORD: }', { POSTGRES_PASSWORD: password })).toEqual({
      user: 'postgres',
      database: 'postgres',
      password,
    })
  })

  test('takes its database’s name from the user, also when the user is config', () => {
    const values = { POSTGRES_USER: 'from-config', POSTGRES_PASSWORD: 'x' }
    expect(account('[POSTGRES_USER=a, POSTGRES_PASSWORD=b]', {}).database).toBe('a')
    expect(account('[POSTGRES_USER=a, POSTGRES_PASSWORD=b]', values)).toEqual({
      user: 'from-config',
      database: 'from-config',
      password: 'x',
    })
    expect(account('[POSTGRES_USER=a, POSTGRES_DB=d, POSTGRES_PASSWORD=b]', values).database).toBe(
      'd',
    )
  })

  test.each([{}, { POSTGRES_PASSWORD: '' }])('needs its config: %j', (values: object) => {
    expect(() => account('{POSTGRES_PASSWORD: }', { ...values })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_MISSING',
        details: { names: ['POSTGRES_PASSWORD'] },
      }),
    )
  })
})
