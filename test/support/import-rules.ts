/** DESIGN.md's "Imports point one way" as data. `test/architecture.test.ts` holds every import line of src/ against it. */
export interface FolderRule {
  /** Other folders of src/ that may be imported. */
  readonly folders: readonly string[]
  /** npm packages that may be imported. */
  readonly packages: readonly string[]
  /** Node's own modules: none; `pure`, those that neither read nor change the machine; or any. */
  readonly node: 'none' | 'pure' | 'any'
}

/** Node modules that compute only. `node:url`, `node:path` and the like read no file. */
export const PURE_NODE_MODULES = [
  'node:assert',
  'node:assert/strict',
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:path',
  'node:path/posix',
  'node:querystring',
  'node:stream',
  'node:stream/promises',
  'node:string_decoder',
  'node:timers',
  'node:timers/promises',
  'node:url',
  'node:util',
  'node:zlib',
] as const

export const FOLDER_RULES: Readonly<Record<string, FolderRule>> = {
  errors: { folders: [], packages: [], node: 'none' },
  contract: { folders: ['errors'], packages: ['zod'], node: 'none' },
  client: { folders: ['contract', 'errors'], packages: ['zod'], node: 'none' },
  compose: { folders: ['contract', 'errors'], packages: ['yaml', 'zod'], node: 'none' },
  core: { folders: ['contract', 'errors'], packages: ['yaml', 'zod'], node: 'none' },
  system: {
    folders: ['errors'],
    packages: ['nano-spawn', '@peculiar/x509', 'reflect-metadata'],
    node: 'any',
  },
  engines: { folders: ['system', 'contract', 'errors'], packages: ['zod'], node: 'pure' },
  drivers: {
    folders: ['core', 'system', 'engines', 'contract', 'errors'],
    packages: [],
    node: 'pure',
  },
  backups: {
    folders: ['core', 'system', 'contract', 'errors', 'drivers'],
    packages: ['zod'],
    node: 'pure',
  },
  store: { folders: ['system', 'contract', 'errors'], packages: ['zod'], node: 'any' },
  agent: {
    folders: ['backups', 'core', 'system', 'engines', 'store', 'contract', 'errors'],
    packages: ['zod'],
    node: 'pure',
  },
  operations: {
    folders: ['backups', 'core', 'store', 'contract', 'errors', 'drivers'],
    packages: ['zod'],
    node: 'pure',
  },
  api: {
    folders: ['contract', 'store', 'operations', 'errors'],
    packages: ['hono', '@hono/node-server', 'zod'],
    node: 'any',
  },
  daemon: {
    folders: [
      'agent',
      'api',
      'backups',
      'client',
      'compose',
      'contract',
      'core',
      'drivers',
      'engines',
      'errors',
      'operations',
      'store',
      'system',
    ],
    packages: ['pino', '@hono/node-server', 'hono'],
    node: 'any',
  },
  cli: {
    folders: ['client', 'compose', 'contract', 'core', 'errors', 'daemon'],
    packages: ['commander', '@clack/prompts', 'zod'],
    node: 'any',
  },
}

/** Folders that have packages which the rest of their parent may not import. */
export const PACKAGE_EXCEPTIONS: readonly {
  readonly under: string
  readonly packages: string[]
}[] = [
  { under: 'system/tools/', packages: ['pg', 'pg-copy-streams'] },
  { under: 'cli/sql/', packages: ['pg'] },
]

/** Imports that a folder's rule would allow, narrowed to certain files. */
export const NARROWED: readonly {
  readonly from: string
  readonly to: string
  /** Only these files may import… */
  readonly importers?: readonly string[]
  /** …only these files… */
  readonly targets?: readonly string[]
  /** …and only by `import()`, so that nobody else pays for loading them. */
  readonly dynamicOnly?: boolean
}[] = [
  { from: 'operations', to: 'drivers', targets: ['drivers/driver.ts'] },
  { from: 'operations', to: 'backups', targets: ['backups/backup-engine.ts'] },
  { from: 'agent', to: 'backups', targets: ['backups/backup-engine.ts'] },
  { from: 'backups', to: 'drivers', targets: ['drivers/driver.ts'] },
  // What it needs to speak with etcd, and nothing of the machine.
  {
    from: 'store',
    to: 'system',
    targets: ['etcd-client', 'messages', 'refusal'].map((name) => `system/etcd/${name}.ts`),
  },
  { from: 'cli', to: 'daemon', importers: ['cli/commands/daemon/run.ts'], dynamicOnly: true },
]

/** A driver knows nothing of another: its folder may import itself and the files beside it. */
export const SEPARATE_SUBFOLDERS_OF = 'drivers'

export const MAX_LINES = 300

/** Names that say where code was put, not what it is. */
export const VAGUE_NAMES = [
  'utils',
  'util',
  'helpers',
  'helper',
  'manager',
  'common',
  'types',
  'lib',
]
