import { appendFile, chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAccount, type Account } from '../../src/system/account.ts'
import { createAuthority } from '../../src/system/certificate-authority.ts'
import { cloneTree } from '../../src/system/clone-tree.ts'
import { ensureDirectory, removeTree, writeAtomic } from '../../src/system/files.ts'
import { launchDetached } from '../../src/system/launch.ts'
import { freePort } from '../../src/system/ports.ts'
import { endProcess, type ProcessIdentity } from '../../src/system/processes.ts'
import { scramVerifier } from '../../src/system/scram.ts'
import { issueServerCertificate } from '../../src/system/server-certificate.ts'
import { dataDirectoryVersion, initdb } from '../../src/system/tools/initdb.ts'
import { connect, quoteLiteral, type Sql } from '../../src/system/tools/postgres.ts'
import { isNotReady } from '../../src/system/tools/postgres-errors.ts'
import { readControlFile, readPostmasterFile } from '../../src/system/tools/postmaster.ts'
import { engineOf, NEWER } from '../support/lab/engines.ts'

const { binDirectory: engineBin, major } = await engineOf(NEWER)

describe('on a real server', () => {
  const account: Account | undefined = process.geteuid?.() === 0 ? findAccount('nobody') : undefined
  const ownership = account ? { owner: account } : {}
  let folder = ''
  let data = ''
  let port = 0
  let ca = ''
  let server: ProcessIdentity
  let sql: Sql

  const connectWhenReady = async (): Promise<Sql> => {
    for (;;) {
      try {
        return await connect({
          socketDirectory: folder,
          port,
          user: 'admin',
          database: 'postgres',
          applicationName: 'test',
        })
      } catch (error) {
        if (!isNotReady(error)) throw error
      }
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'howdah-server-'))
    await chmod(folder, 0o755)
    await ensureDirectory(folder, { mode: 0o755, ...ownership })
    data = join(folder, 'data')
    await ensureDirectory(data, { mode: 0o700, ...ownership })
    await initdb(engineBin, { major, directory: data, superuser: 'admin', options: {}, account })
    const authority = await createAuthority({ name: 'test' })
    ca = authority.certPem
    const own = await issueServerCertificate(authority, {
      commonName: 'x',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
      days: 1,
    })
    await writeAtomic(join(data, 'server.key'), own.keyPem, { mode: 0o600, ...ownership })
    await writeAtomic(join(data, 'server.crt'), own.certPem, { mode: 0o644, ...ownership })
    port = await freePort('127.0.0.1')
    await appendFile(
      join(data, 'postgresql.conf'),
      `port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${folder}'\nssl = on\nfsync = off\n`,
    )
    await writeFile(
      join(data, 'pg_hba.conf'),
      'local all admin trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n',
    )
    server = await launchDetached({
      program: join(engineBin, 'postgres'),
      args: ['-D', data],
      cwd: '/',
      logFile: join(folder, 'log'),
      account,
    })
    sql = await connectWhenReady()
  })

  afterAll(async () => {
    await sql?.close()
    if (server)
      await endProcess(server, {
        signals: [
          ['SIGINT', 20_000],
          ['SIGKILL', 5000],
        ],
      })
    await removeTree(folder)
  })

  test('the data directory is as asked: checksums, UTF8, the version, its identity', async () => {
    const [row] = await sql.query<Record<string, string>>(
      `select current_setting('data_checksums') as sums, current_setting('server_encoding') as encoding,
         (select system_identifier from pg_control_system())::text as id, upper('ä') as upper,
         current_setting('application_name') as name`,
    )
    expect(row).toMatchObject({ sums: 'on', encoding: 'UTF8', upper: 'Ä', name: 'test' })
    expect(await dataDirectoryVersion(data)).toBe(major)
    expect(await readControlFile(data)).toEqual({
      systemIdentifier: row?.['id'],
      state: 'in production',
    })
  })

  test('postmaster.pid names the process that was launched', async () => {
    expect(await readPostmasterFile(data)).toMatchObject({
      pid: server.pid,
      port,
      dataDirectory: data,
      socketDirectory: folder,
      listenAddress: '127.0.0.1',
      status: 'ready',
    })
  })

  test('a failed statement tells where and why in fields', async () => {
    await expect(sql.query('select nonsense')).rejects.toMatchObject({
      code: 'SQL_FAILED',
      details: { sqlstate: '42703', severity: 'ERROR', position: 8 },
    })
    await expect(
      sql.exec(`do $$ begin raise 'a' using detail = 'b', hint = 'c', errcode = 'P9999'; end $$`),
    ).rejects.toMatchObject({
      details: { sqlstate: 'P9999', detail: 'b', hint: 'c', where: expect.any(String) },
    })
    expect(await sql.query('select $1::int + 1 as n', [41])).toEqual([{ n: 42 }])
  })

  test('notices are heard, several statements run at once, and a statement has its limit', async () => {
    const heard: string[] = []
    const other = await connect({
      socketDirectory: folder,
      port,
      user: 'admin',
      database: 'postgres',
      applicationName: 'test',
      statementTimeoutMs: 50,
      onNotice: ({ severity, message }) => heard.push(`${severity} ${message}`),
    })
    await other.exec(`do $$ begin raise notice 'hello'; end $$; select 1; select 2`)
    expect(heard).toEqual(['NOTICE hello'])
    await expect(other.exec('select pg_sleep(60)')).rejects.toMatchObject({
      details: { sqlstate: '57014' },
    })
    await other.close()
    await other.close()
  })

  test.each([
    'sesame',
    `it's "this" \\`,
    'Ünïcödé',
    'e\u0301\u00A0x\u00AD\uFB01',
    '\u0627\u0628',
    '\u{1F418}',
    'a\u0007b',
  ])(
    'our verifier lets in who knows the password %j, over verified TLS, and nobody else',
    async (password) => {
      await sql.exec(
        `drop role if exists app; create role app login password ${quoteLiteral(scramVerifier(password))}`,
      )
      const app = {
        host: '127.0.0.1',
        port,
        user: 'app',
        database: 'postgres',
        tlsCa: ca,
        applicationName: 'test',
      }
      const session = await connect({ ...app, password })
      const [row] = await session.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
      expect(row).toEqual({ ssl: true })
      await session.close()
      const refusal: unknown = await connect({ ...app, password: `${password}x` }).catch(
        (error: unknown) => error,
      )
      expect(refusal).toMatchObject({ code: 'SQL_FAILED', details: { sqlstate: '28P01' } })
      expect(isNotReady(refusal)).toBe(false)
    },
  )

  test.each([
    'e\u0301\u00A0x\u00AD\uFB01',
    'e\u0301\u{1F418}',
    '\u0627e\u0301\u0627',
    '\u00AD',
    '\u2168\u0080',
  ])('our verifier of %j is the one that Postgres makes itself', async (password) => {
    await sql.exec(
      `set password_encryption = 'scram-sha-256'; drop role if exists twin; create role twin password ${quoteLiteral(password)}`,
    )
    const [row] = await sql.query<{ verifier: string }>(
      `select rolpassword as verifier from pg_authid where rolname = 'twin'`,
    )
    const salt = Buffer.from(row?.verifier.split(/[:$]/)[2] ?? '', 'base64')
    expect(scramVerifier(password, salt)).toBe(row?.verifier)
  })

  test('another authority is not trusted, and that is no reason to wait', async () => {
    const { certPem } = await createAuthority({ name: 'test' })
    const refusal: unknown = await connect({
      host: '127.0.0.1',
      port,
      user: 'app',
      database: 'postgres',
      password: 'x',
      tlsCa: certPem,
      applicationName: 'test',
    }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'SQL_FAILED' })
    expect(isNotReady(refusal)).toBe(false)
  })

  test('a live data directory can be copied while it is written to', async () => {
    await sql.exec('create table if not exists t (n int)')
    const copy = join(folder, 'copy')
    const writing = sql.exec(
      `do $$ begin for i in 1..40 loop insert into t select generate_series(1, 5000); truncate t; end loop; end $$`,
    )
    const cloned = await cloneTree(data, copy, {
      live: true,
      sync: false,
      exclude: (path) => path === 'postmaster.pid' || path.startsWith('pg_wal/'),
    })
    await writing
    expect(cloned.files).toBeGreaterThan(900)
    expect(await readFile(join(copy, 'PG_VERSION'), 'utf8')).toBe(`${major}\n`)
    expect((await readControlFile(copy))?.systemIdentifier).toBe(
      (await readControlFile(data))?.systemIdentifier,
    )
  })
})
