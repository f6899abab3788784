import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectTo } from '../support/lab/ledger.ts'
import { type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { until } from '../support/lab/until.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { repository } from '../support/started-command.ts'

/**
 * An application of other people's: a job queue that lives in Postgres (migrations under advisory locks, LISTEN/NOTIFY, SKIP
 * LOCKED, prepared statements, functions and triggers) and a migration tool. `migrate` says nothing of TLS and `worker`
 * checks the certificate.
 */
const files = {
  'package.json': JSON.stringify({
    private: true,
    dependencies: { 'graphile-worker': '0.16.6', 'node-pg-migrate': '8.0.3', pg: '8.16.3' },
  }),
  'compose.yaml': `name: jobs
services:
  db:
    image: postgres:16
    x-howdah-postgres: true
    environment:
      POSTGRES_USER: jobs
      POSTGRES_PASSWORD:
  migrate:
    image: node:24
    command: npx node-pg-migrate up
    environment:
      DATABASE_URL: postgres://jobs:\${POSTGRES_PASSWORD}@db/jobs
    depends_on: [db]
  worker:
    image: node:24
    command: npx graphile-worker
    environment:
      DATABASE_URL: postgres://jobs:\${POSTGRES_PASSWORD}@db:5432/jobs?sslmode=verify-full&sslrootcert=\${CA_FILE}
    depends_on: [db]
`,
  'migrations/1_orders.sql': `-- Up Migration
create table orders (id bigint generated always as identity primary key, item text not null);
create table mails (item text primary key, worker_tls boolean not null, order_id bigint references orders);
create table migrated as select ssl from pg_stat_ssl where pid = pg_backend_pid();
create function send_mail() returns trigger language plpgsql as $$
begin
  perform graphile_worker.add_job('mail', json_build_object('id', new.id));
  return new;
end $$;
create trigger ordered after insert on orders for each row execute function send_mail();

-- Down Migration
drop table orders, mails, migrated cascade;
drop function send_mail;
`,
  'tasks/mail.js': `module.exports = async ({ id }, { withPgClient }) => {
  await withPgClient((client) =>
    client.query(
      \`insert into mails select o.item, s.ssl, o.id from orders o, pg_stat_ssl s
        where o.id = $1 and s.pid = pg_backend_pid()\`,
      [id],
    ),
  )
}
`,
}

let lab: Lab
let jobs: ProjectFolder
let client: Client

beforeAll(async () => {
  lab = await openLab()
  jobs = projectFolder(lab, 'jobs', files)
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', ['install', ...quiet], { cwd: jobs.directory, stdio: 'pipe' })
  await jobs.howdah('config', 'set', '--random', 'POSTGRES_PASSWORD')
  const caFile = join(lab.home, 'ca/ca.crt')
  await jobs.howdah('config', 'set', `CA_FILE=${caFile}`)
  await jobs.howdah('up', '--wait')
  client = await connectTo(lab, { project: 'jobs', service: 'db' })
})
afterAll(async () => {
  await client?.end()
  await lab?.[Symbol.asyncDispose]()
})

const program = (name: string): string => join(jobs.directory, 'node_modules/.bin', name)
const rows = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows

test('its migrations run, without TLS, and a second time there is nothing to do', async () => {
  await jobs.howdah('run', 'worker', '--', program('graphile-worker'), '--schema-only')
  await jobs.howdah('run', 'migrate', '--', program('node-pg-migrate'), 'up')
  const again = await jobs.howdah('run', 'migrate', '--', program('node-pg-migrate'), 'up')
  expect(again.stdout).toContain('No migrations to run')
  expect(await rows('select name from pgmigrations')).toEqual([{ name: '1_orders' }])
  expect(await rows('select ssl from migrated')).toEqual([{ ssl: false }])
})

test('its worker does the jobs that are there, over TLS with the certificate checked', async () => {
  await client.query("insert into orders (item) select 'item ' || n from generate_series(1, 20) n")
  await jobs.howdah('run', 'worker', '--', program('graphile-worker'), '--once', '--jobs', '4')
  expect(await rows('select count(*)::int as n, bool_and(worker_tls) as tls from mails')).toEqual([
    { n: 20, tls: true },
  ])
  expect(await rows('select count(*)::int as n from graphile_worker.jobs')).toEqual([{ n: 0 }])
})

test('a worker that waits is woken by a notification, and a signal to howdah reaches it', async () => {
  const listening = "select 1 from pg_stat_activity where query like 'LISTEN%'"
  // It would look by itself only after an hour.
  const worker = [program('graphile-worker'), '--poll-interval', '3600000']
  const child = spawn(
    process.execPath,
    [join(repository, 'bin/howdah.js'), 'run', 'worker', '--', ...worker],
    { cwd: jobs.directory, env: { ...process.env, HOWDAH_HOME: lab.home }, stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  await until('a worker that listens', async () => (await rows(listening)).length > 0)
  await client.query("insert into orders (item) values ('woken')")
  const done = "select 1 from mails where item = 'woken'"
  await until('the job to be done', async () => (await rows(done)).length > 0)
  child.kill('SIGTERM')
  expect(await ended).toEqual([143, null])
  await until('the worker’s sessions to end', async () => (await rows(listening)).length === 0)
})

test('its migrations go back', async () => {
  await jobs.howdah('run', 'migrate', '--', program('node-pg-migrate'), 'down')
  expect(await rows("select to_regclass('orders') as orders")).toEqual([{ orders: null }])
})
