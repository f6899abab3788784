import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type CommandResult, type Lab, openLab } from '../support/lab-home.ts'
import { repository, startCommand } from '../support/started-command.ts'
import { type DockerEngine, image, startDocker, whyNoDocker } from '../support/docker/engine.ts'

const cache = join(repository, 'node_modules', '.cache', 'howdah-docker')

/** Characters that mean something in a URL, in a compose file and in a shell. */
const password = 'p@ss/w:r d$1%&'

const reason = whyNoDocker(cache)
if (reason && process.env['CI'] === 'true') throw new Error(`CI must run this test: ${reason}`)
const title = (what: string): string => (reason ? `${what} (skipped: ${reason})` : what)

const composeFile = `name: shop
services:
  database:
    image: postgres:16
    profiles: [defang]
    command: postgres -c max_connections=50
    environment: { POSTGRES_PASSWORD: null }
    networks: [back]
    healthcheck: { test: [CMD, pg_isready], interval: 1h }
    x-howdah-postgres: true
  app:
    image: ${image}
    networks: [back]
    environment:
      DATABASE_URL: postgres://postgres:\${POSTGRES_PASSWORD}@database:5432/postgres?sslmode=verify-full
      PLAIN: \${POSTGRES_PASSWORD}
    command: ["sh", "-c", 'psql "$$DATABASE_URL" -Atc "select ssl from pg_stat_ssl where pid = pg_backend_pid()"; echo "plain=$$PLAIN"']
    depends_on: { database: { condition: service_healthy } }
networks: { back: {} }
`

let lab: Lab
let shop: ProjectFolder
let engine: DockerEngine

const start = (args: readonly string[], input = ''): Promise<CommandResult> =>
  startCommand(args, { home: lab.home, directory: shop.directory, input, env: engine.env })

async function howdah(args: readonly string[], input = ''): Promise<CommandResult> {
  const ended = await start(args, input)
  expect(ended.status, ended.stderr).toBe(0)
  return ended
}

const compose = (...args: string[]): string[] => [
  'compose',
  '--forwarder-image',
  image,
  '--',
  ...args,
]

/** Waits for something to become true while a command runs; the command's end ends the wait with its words. */
async function until(what: () => Promise<boolean>, running: Promise<CommandResult>): Promise<void> {
  const early = running.then(({ stderr }) => {
    throw new Error(`it ended before that: ${stderr}`)
  })
  while (!(await Promise.race([what(), early]))) await pause(100)
}

beforeAll(async () => {
  if (reason) return
  lab = await openLab()
  shop = projectFolder(lab, 'shop', { 'compose.yaml': composeFile })
  engine = await startDocker(join(lab.root, 'docker'), cache)
  await howdah(['config', 'set', 'POSTGRES_PASSWORD', '-'], password)
  await howdah(['up', '--yes'])
})

afterAll(async () => {
  if (reason) return
  await engine?.[Symbol.asyncDispose]()
  await lab?.[Symbol.asyncDispose]()
})

test.skipIf(reason)(
  title('a container reaches the database by its name, once it is ready'),
  async () => {
    await howdah(['stop'])
    const up = start(compose('up', '--abort-on-container-exit', '--exit-code-from', 'app', 'app'))
    await until(async () => {
      const format = '{{len .State.Health.Log}} {{.State.Health.Status}}'
      const inspected = await engine
        .docker('inspect', '--format', format, 'shop-database-1')
        .catch(() => '')
      expect(inspected).not.toContain('healthy')
      return Number.parseInt(inspected, 10) >= 2
    }, up)
    const app = await engine.docker('inspect', '--format', '{{.State.Status}}', 'shop-app-1')
    expect(app.trim()).toBe('created')
    await howdah(['start'])
    const { status, stdout, stderr } = await up
    expect(status, stderr).toBe(0)
    expect(stdout).toMatch(/app-1 +\| t\n/)
    expect(stdout).toContain(`plain=${password}`)
  },
)

test.skipIf(reason)(
  title('asking whether it is ready leaves no trace in the server’s log'),
  async () => {
    await howdah(['start'])
    await howdah(compose('up', '--detach', '--wait', 'database'))
    const { stdout } = await howdah(['ps', '--json'])
    const [instance] = JSON.parse(stdout) as { logFile: string }[]
    const log = readFileSync(instance?.logFile ?? '', 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log).not.toContain('howdah_readiness')
    await howdah(compose('down'))
  },
)

test.skipIf(reason)(
  title('the printed override holds no secret and Docker Compose takes it'),
  async () => {
    const file = join(lab.root, 'override.yaml')
    await howdah(['compose', '--output', file])
    expect(readFileSync(file, 'utf8')).not.toContain('p@ss')
    const written = join(shop.directory, 'compose.yaml')
    const config = await engine.docker('compose', '-f', written, '-f', file, 'config')
    expect(config).toContain('image: haproxy:')
    expect(config).not.toContain('max_connections')
  },
)
