import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DockerEngine, image, startDocker, whyNoDocker } from '../support/docker/engine.ts'

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'howdah.js')
const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'howdah-docker')

/** Characters that mean something in a URL, in a compose file and in a shell. */
const password = 'p@ss/w:r d$1%&'

const reason = whyNoDocker()
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

let folder: string
let engine: DockerEngine
let env: Record<string, string | undefined>

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: join(folder, 'shop'), env })
  const written = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (written.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (written.stderr += String(chunk)))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, ...written }))
  })
  return { child, ended }
}

async function howdah(args: readonly string[], stdin = ''): Promise<Ended> {
  const { child, ended } = start(args)
  child.stdin?.end(stdin)
  const result = await ended
  expect(result.status, result.stderr).toBe(0)
  return result
}

const compose = (...args: string[]): string[] => [
  'compose',
  '--forwarder-image',
  image,
  '--',
  ...args,
]

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await pause(100)
}

beforeAll(async () => {
  if (reason) return
  folder = mkdtempSync(join(tmpdir(), 'howdah-docker-'))
  // The servers run under another account, which must be able to pass.
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'shop'))
  writeFileSync(join(folder, 'shop', 'compose.yaml'), composeFile)
  engine = await startDocker(join(folder, 'docker'), cache)
  env = { ...process.env, ...engine.env, HOWDAH_HOME: join(folder, 'home') }
  await howdah(['config', 'set', 'POSTGRES_PASSWORD', '-'], password)
  await howdah(['up', '--yes'])
}, 300_000)

afterAll(async () => {
  if (reason) return
  await engine?.[Symbol.asyncDispose]()
  await start(['daemon', 'stop', '--instances']).ended
  rmSync(folder, { recursive: true, force: true })
}, 120_000)

test.skipIf(reason)(
  title('a container reaches the database by its name, once it is ready'),
  async () => {
    await howdah(['stop'])
    const up = start(
      ...compose('up', '--abort-on-container-exit', '--exit-code-from', 'app', 'app'),
    )
    await until(async () => {
      const format = '{{len .State.Health.Log}} {{.State.Health.Status}}'
      const inspected = await engine
        .docker('inspect', '--format', format, 'shop-database-1')
        .catch(() => '')
      expect(inspected).not.toContain('healthy')
      return Number.parseInt(inspected, 10) >= 2
    })
    const app = await engine.docker('inspect', '--format', '{{.State.Status}}', 'shop-app-1')
    expect(app.trim()).toBe('created')
    await howdah(['start'])
    const { status, stdout, stderr } = await up.ended
    expect(status, stderr).toBe(0)
    expect(stdout).toMatch(/app-1 +\| t\n/)
    expect(stdout).toContain(`plain=${password}`)
  },
)

test.skipIf(reason)(
  title('asking whether it is ready leaves no trace in the server’s log'),
  async () => {
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
    const file = join(folder, 'override.yaml')
    await howdah(['compose', '--output', file])
    expect(readFileSync(file, 'utf8')).not.toContain('p@ss')
    const shop = join(folder, 'shop', 'compose.yaml')
    const config = await engine.docker('compose', '-f', shop, '-f', file, 'config')
    expect(config).toContain('image: haproxy:')
    expect(config).not.toContain('max_connections')
  },
)
