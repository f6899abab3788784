import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Instance } from '../contract/instance.ts'
import type { Operation } from '../contract/operation.ts'
import type { Plan } from '../contract/plan.ts'

export const shopYaml = `name: shop
services:
  database:
    image: postgres:16
    x-howdah-postgres: true
    environment:
      POSTGRES_PASSWORD:
  app:
    image: app
    depends_on: [database]
    environment:
      DATABASE_URL: postgres://postgres:\${POSTGRES_PASSWORD}@database:5432/postgres
      GREETING: hello world
`

/** A folder with that compose file; the caller removes it. */
export function composeFolder(text = shopYaml): string {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-cli-'))
  writeFileSync(join(folder, 'compose.yaml'), text)
  return folder
}

export const instance = (change: Partial<Instance> = {}): Instance => ({
  project: 'shop',
  service: 'database',
  id: 'i1',
  state: 'ready',
  version: '16.14',
  engine: 'npm-16.14',
  endpoint: { host: '127.4.0.1', port: 5432 },
  user: 'postgres',
  database: 'postgres',
  caFile: '/h/ca.crt',
  dataDirectory: '/h/data',
  logFile: '/h/log',
  dataBytes: 33_554_432,
  memoryBytes: 0,
  restarts: 0,
  createdAt: '2026-01-01T00:00:00Z',
  mode: 'affordable',
  ...change,
})

export const operation = (change: Partial<Operation> = {}): Operation => ({
  id: 'op000001',
  kind: 'up',
  title: 'up of shop',
  subjects: ['shop', 'shop/database'],
  state: 'done',
  steps: [
    {
      name: 'create the data directory',
      state: 'done',
      attempt: 1,
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:00.340Z',
    },
  ],
  cancelRequested: false,
  createdAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:00.940Z',
  ...change,
})

export const plan = (change: Partial<Plan> = {}): Plan => ({
  project: 'shop',
  mode: 'affordable',
  modeMeaning: 'one server',
  actions: [
    {
      kind: 'create-instance',
      service: 'database',
      sentence: 'create database with Postgres 16.14',
      impact: 'none',
    },
  ],
  notes: [],
  orphans: [],
  ...change,
})
