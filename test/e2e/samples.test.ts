import { cpSync, existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import type { Report } from './apps/app.ts'

const samples = join(import.meta.dirname, '../../../shared/samples')
const absent = existsSync(samples) ? undefined : 'the folder ../shared/samples is not here'
if (absent && process.env['CI'] === 'true') throw new Error(`CI must run these tests: ${absent}`)

/** Characters that mean something in a URL, in a shell, in a compose file and in SQL. */
const password = `p@ss:w/rd?#%&+ é'"\\$x`

interface Sample {
  /** The sample's folder and file. */
  readonly file: string
  readonly database: string
  readonly app: string
  readonly services: readonly string[]
  /** A libpq program's arguments for the same connection; a shell expands them. */
  readonly psql: string
  /** Whether the app's own way of connecting ends in TLS. */
  readonly ssl: boolean
  readonly user?: string
  /** The configs without which it is refused. */
  readonly asksFor?: readonly string[]
  readonly config?: Readonly<Record<string, string>>
  /** The image brings an extension that engines from npm do not have. */
  readonly extension?: string
  /** A config that turns TLS on and off in the app. */
  readonly toggle?: { readonly config: string; readonly off: string; readonly on: string }
}

const djangoPsql = 'PGPASSWORD=$POSTGRES_PASSWORD psql -h $DB_HOST -U $POSTGRES_USER $POSTGRES_DB'
const crewai = {
  database: 'postgres',
  app: 'django',
  services: ['app', 'worker'],
  psql: 'psql "$DATABASE_URL"',
  ssl: true,
  extension: 'vector',
}
const table: readonly Sample[] = [
  { file: 'crewai/compose.yaml', ...crewai, asksFor: ['DJANGO_SECRET_KEY', 'POSTGRES_PASSWORD'] },
  { file: 'crewai/compose.local.yaml', ...crewai },
  {
    file: 'django-celery/compose.yaml',
    asksFor: ['POSTGRES_PASSWORD', 'SECRET_KEY'],
    database: 'database',
    app: 'django',
    services: ['web', 'migrate', 'worker'],
    psql: 'psql "$POSTGRES_URL"',
    ssl: true,
  },
  {
    file: 'django-postgres/compose.yaml',
    asksFor: ['ALLOWED_HOSTS', 'POSTGRES_PASSWORD', 'SECRET_KEY'],
    database: 'db',
    user: 'django',
    app: 'django',
    services: ['django'],
    psql: djangoPsql,
    ssl: true,
  },
  {
    file: 'django-postgres/compose.dev.yaml',
    // Its SECRET_KEY holds `$j` and `$gk`, which Compose reads as variables.
    asksFor: ['gk', 'j'],
    database: 'db',
    user: 'django',
    app: 'django',
    services: ['runmigrations', 'createsuperuser', 'django'],
    psql: djangoPsql,
    ssl: true,
  },
  {
    file: 'hasura/compose.yaml',
    asksFor: ['HASURA_GRAPHQL_ADMIN_SECRET', 'POSTGRES_PASSWORD', 'SSL_MODE'],
    database: 'database',
    app: 'hasura',
    services: ['hasura'],
    psql: 'psql "$HASURA_GRAPHQL_DATABASE_URL"',
    ssl: true,
    config: { SSL_MODE: 'require' },
    toggle: { config: 'SSL_MODE', off: 'disable', on: 'require' },
  },
  {
    file: 'jupyter-postgres/compose.yaml',
    asksFor: ['JUPYTER_TOKEN', 'POSTGRES_PASSWORD'],
    database: 'db',
    app: 'jupyter',
    services: ['jupyter'],
    psql: 'psql "postgresql://postgres:$POSTGRES_PASSWORD@$DATABASE_HOST:5432/postgres"',
    ssl: true,
    // The notebook does not encode it, so it must need no encoding.
    config: { POSTGRES_PASSWORD: 'plain-Password_1' },
  },
  {
    file: 'mastra-nextjs/compose.yaml',
    asksFor: ['DB_SSL', 'GITHUB_TOKEN', 'LLM_MODEL', 'POSTGRES_PASSWORD'],
    database: 'database',
    app: 'mastra',
    services: ['app'],
    psql: 'psql "$DB_URL"',
    ssl: true,
    config: { DB_SSL: 'true' },
    toggle: { config: 'DB_SSL', off: 'false', on: 'true' },
  },
  {
    file: 'nextjs-postgres/compose.yaml',
    asksFor: ['POSTGRES_PASSWORD', 'POSTGRES_SSL'],
    database: 'database',
    app: 'nextjs',
    services: ['app'],
    psql: 'PGPASSWORD=$POSTGRES_PASSWORD psql -h $POSTGRES_HOST -p $POSTGRES_PORT -U $POSTGRES_USER $POSTGRES_DB',
    ssl: true,
    config: { POSTGRES_SSL: 'true' },
    toggle: { config: 'POSTGRES_SSL', off: 'false', on: 'true' },
  },
]

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab[Symbol.asyncDispose]())

const title = (what: string): string => (absent ? `${what} (skipped: ${absent})` : what)

test.skipIf(absent)(title('every sample file is in the table'), () => {
  expect(table.map(({ file }) => file).toSorted()).toEqual(
    globSync('*/*.yaml', { cwd: samples }).toSorted(),
  )
})

describe.skipIf(absent).each(table)(title('$file'), (sample) => {
  const { file, database, app, services, psql, ssl, user = 'postgres', extension, toggle } = sample
  const [folder = '', name = ''] = file.split('/')
  const allow = extension ? ['--allow-missing-extensions'] : []
  const script = join(import.meta.dirname, 'apps', `${app}.ts`)
  let project: ProjectFolder

  const report = async (service: string, task: string): Promise<Report> => {
    const node = [process.execPath, script, task, service]
    return JSON.parse((await project.howdah('run', service, '--', ...node)).stdout) as Report
  }

  beforeAll(() => {
    // Where the file does not name its project, the folder does.
    project = projectFolder(lab, file.replace(/\W/g, '-'), {}, ['-f', name])
    cpSync(join(samples, folder), project.directory, { recursive: true })
  })

  if (sample.asksFor) {
    test('asks for its configs', async () => {
      const { code, details } = await project.failure('up', '--yes')
      expect(code).toBe('CONFIG_MISSING')
      const names = details?.['names'] as string[]
      expect(names.toSorted()).toEqual(sample.asksFor?.toSorted())
      const values: Record<string, string> = { POSTGRES_PASSWORD: password, ...sample.config }
      await project.howdah('config', 'set', ...names.map((n) => `${n}=${values[n] ?? `a ${n}`}`))
    })
  }

  if (extension) {
    test('is refused without the extension of its image', async () => {
      const { code, message, details } = await project.failure('up', '--yes')
      expect(code).toBe('EXTENSION_UNAVAILABLE')
      expect(details?.['missing']).toEqual([{ service: database, extension }])
      expect(message).toMatch(/postgresql-16-pgvector|Homebrew|brew install/)
      expect(await project.json('ps')).toEqual([])
    })
  }

  test('comes up', async () => {
    await project.howdah('up', '--yes', ...allow)
    expect(await project.json('ps')).toMatchObject([{ service: database, state: 'ready', user }])
    expect(await project.json('plan', ...allow)).toMatchObject({ actions: [] })
  })

  test.each(services)('%s connects as it does and works', async (service) => {
    expect(await report(service, 'write')).toMatchObject({ user, database: user, ssl })
    if (toggle) {
      await project.howdah('config', 'set', `${toggle.config}=${toggle.off}`)
      expect(await report(service, 'read')).toMatchObject({ ssl: false, wrote: [service] })
      await project.howdah('config', 'set', `${toggle.config}=${toggle.on}`)
    }
    if (!hasProgram('psql')) return
    const shell = `${psql} -Atc 'select ssl from pg_stat_ssl where pid = pg_backend_pid()'`
    expect((await project.howdah('run', service, '--', 'sh', '-c', shell)).stdout).toBe('t\n')
  })

  test('removed with a snapshot and restored, it has every row', async () => {
    const down = await project.json<Down>('down', '--yes', '--snapshot')
    expect(down.snapshots).toHaveLength(1)
    expect(await project.json('ps')).toEqual([])
    await project.howdah('snapshot', 'restore', down.snapshots[0]?.name ?? '', '--as', database)
    for (const service of services) {
      expect((await report(service, 'read')).wrote).toEqual(services.toSorted())
    }
    await project.howdah('stop')
  })
})

interface Down {
  readonly snapshots: readonly { readonly name: string }[]
}
