import { expect, test } from 'vitest'
import { readMemoryProject } from './memory-project.ts'
import { requiredConfig } from './required-config.ts'

test('required config is listed by name with every use, each once', () => {
  const text = `services:
  db:
    image: postgres:16
    x-howdah-postgres: true
    secrets: [OWNER]
    environment: {POSTGRES_PASSWORD: , POSTGRES_USER_FILE: /run/secrets/OWNER}
  app:
    image: app
    environment: {A: "x\${PW}\${PW}", B: , C: "\${PW:-literal}", POSTGRES_PASSWORD: }
secrets: {OWNER: {external: true}}
`
  const needed = requiredConfig(readMemoryProject({ files: { 'compose.yaml': text } }))
  const uses = needed.map(({ name, neededBy }) => {
    return [name, ...neededBy.map(({ service, key, at }) => `${service}.${key}:${at.line}`)]
  })
  expect(uses).toEqual([
    ['B', 'app.B:7'],
    ['OWNER', 'db.POSTGRES_USER:2'],
    ['POSTGRES_PASSWORD', 'db.POSTGRES_PASSWORD:2', 'app.POSTGRES_PASSWORD:7'],
    ['PW', 'app.A:7'],
  ])
})
