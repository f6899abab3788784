import type { DesiredProject } from '../../../src/contract/desired.ts'
import type { ManagedSpec } from '../../../src/contract/project.ts'
import { NEWER } from './engines.ts'

/** One managed service as the command line would send it. */
export const managed = (spec: Partial<ManagedSpec> = {}): ManagedSpec => ({
  image: 'postgres:16',
  version: NEWER,
  imageExtensions: [],
  user: ['app'],
  database: ['app'],
  password: ['first-password'],
  port: 5432,
  initdb: {},
  initFiles: [],
  settings: {},
  memoryBytes: 64 * 1024 * 1024,
  allowDowntime: true,
  tls: 'optional',
  at: { file: 'compose.yaml', line: 2, column: 3 },
  ...spec,
})

/** A project of one service `db`. */
export const project = (
  name: string,
  spec: Partial<ManagedSpec> = {},
  options: Pick<DesiredProject, 'mode'> = {},
): DesiredProject => ({
  project: name,
  directory: '/',
  services: { db: managed(spec) },
  notes: [],
  allowMissingExtensions: false,
  ...options,
})
