import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { createAuthority } from '../../../src/system/certificate-authority.ts'
import { freePort } from '../../../src/system/ports.ts'
import { issueServerCertificate } from '../../../src/system/server-certificate.ts'
import { until } from './until.ts'

const packages = createRequire(import.meta.url)

/** An account of a store, which pgBackRest proves to be. */
export const ACCOUNT = {
  s3: { bucket: 'backups', key: 'S3RVER', secret: 'S3RVER' },
  azure: {
    account: 'testaccount',
    container: 'backups',
    /** Two at once, as Azure has them so that one can be changed. */
    keys: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((key) => key.toString('base64')),
  },
} as const

/** A store that runs on this machine, over TLS, with a certificate for `localhost`. */
export interface ObjectStore extends AsyncDisposable {
  readonly port: number
  /** Where it keeps what. */
  readonly folder: string
}

/** Certificates for stores of a test's own, of an authority of its own, in a folder that every account can read. */
export async function makeCertificates(folder: string) {
  const authority = await createAuthority({ name: 'test' })
  const own = await issueServerCertificate(authority, {
    commonName: 'localhost',
    dnsNames: ['localhost'],
    ipAddresses: [],
    days: 2,
  })
  const files = {
    caFile: join(folder, 'ca.crt'),
    certFile: join(folder, 'server.crt'),
    keyFile: join(folder, 'server.key'),
  }
  await mkdir(folder, { recursive: true, mode: 0o755 })
  await writeFile(files.caFile, authority.certPem, { mode: 0o644 })
  await writeFile(files.certFile, own.certPem)
  await writeFile(files.keyFile, own.keyPem, { mode: 0o600 })
  return { ...files, ca: authority.certPem, cert: own.certPem, key: own.keyPem }
}

export type Certificates = Awaited<ReturnType<typeof makeCertificates>>

/** An S3 store with one bucket. It knows its access keys by their id and does not compute signatures. */
export async function startS3(folder: string, tls: Certificates): Promise<ObjectStore> {
  const port = await freePort('127.0.0.1')
  const bin = join(dirname(packages.resolve('s3rver/package.json')), 'bin', 's3rver.js')
  const { bucket } = ACCOUNT.s3
  const args = [bin, '-s', '-d', folder, '-a', '127.0.0.1', '-p', String(port)]
  const secure = ['--key', tls.keyFile, '--cert', tls.certFile, '--configure-bucket', bucket]
  return started('s3rver', spawn(process.execPath, [...args, ...secure]), port, folder)
}

/** An Azure blob store with one account and one container; it checks signatures. */
export async function startAzure(folder: string, tls: Certificates): Promise<ObjectStore> {
  const port = await freePort('127.0.0.1')
  const root = dirname(packages.resolve('azurite/package.json'))
  const bin = join(root, 'dist', 'src', 'blob', 'main.js')
  const { account, keys } = ACCOUNT.azure
  const args = ['--silent', '--blobHost', '127.0.0.1', '--blobPort', String(port)]
  const more = ['--location', folder, '--cert', tls.certFile, '--key', tls.keyFile]
  const child = spawn(process.execPath, [bin, ...args, ...more, '--skipApiVersionCheck'], {
    cwd: folder,
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${keys.join(':')}` },
  })
  const store = await started('azurite', child, port, folder)
  await makeContainer(port, tls.ca)
  return store
}

async function started(
  name: string,
  child: ChildProcess,
  port: number,
  folder: string,
): Promise<ObjectStore> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text))
  }
  const ended = once(child, 'exit')
  await until(`${name} to listen`, async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return true
    } catch {
      return false // not yet
    } finally {
      socket.destroy()
    }
  })
  return {
    port,
    folder,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Put Container of the Blob service, with a signature by Shared Key (2009-09-19 and later). */
async function makeContainer(port: number, ca: string): Promise<void> {
  const { account, container, keys } = ACCOUNT.azure
  const headers = { 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2019-12-12' }
  const signed = Object.entries(headers).map(([header, value]) => `${header}:${value}`)
  const resource = `/${account}/${account}/${container}\nrestype:container`
  const text = ['PUT', ...Array<string>(11).fill(''), ...signed, resource].join('\n')
  const signature = createHmac('sha256', Buffer.from(keys[0] ?? '', 'base64')).update(text)
  const authorization = `SharedKey ${account}:${signature.digest('base64')}`
  const asked = request({
    host: 'localhost',
    port,
    ca,
    method: 'PUT',
    path: `/${account}/${container}?restype=container`,
    headers: { ...headers, authorization, 'content-length': '0' },
  })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }]
  answer.resume()
  if (answer.statusCode !== 201) throw new Error(`no container: status ${answer.statusCode}`)
}
