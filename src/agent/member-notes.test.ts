import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import type { MemberDocument } from '../contract/documents/member.ts'
import { member } from '../core/plan/documents.suite.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { createAuthority } from '../system/certificate-authority.ts'
import { issueServerCertificate } from '../system/server-certificate.ts'
import { certificateFits, issueCertificate } from './certificate.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'
import { filesAreCurrent, writeMemberFiles } from './member-files.ts'
import { readServerNote, writeServerNote } from './server-note.ts'

const authority = await createAuthority({ name: 'test' })

const nobody = (): never => {
  throw new Error('no archive is asked here')
}

/** A member with an empty data folder of its own. */
async function newMember(changes: Partial<MemberDocument> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'howdah-agent-'))
  const socketDirectory = join(directory, 'socket')
  const doc = member({ directory, socketDirectory, restartGeneration: 4, ...changes })
  await mkdir(layout(doc).data)
  const store = openSqliteStore(':memory:')
  onTestFinished(async () => {
    await store.close()
    await rm(directory, { recursive: true })
  })
  const env: AgentEnvironment = {
    host: undefined,
    store,
    documents: documents(store),
    backups: { of: nobody, choose: nobody },
    account: undefined,
    authority,
    event: () => {},
    log: () => {},
  }
  return { doc, env }
}

test('a note is read back as it was written', async () => {
  const { doc } = await newMember()
  await writeServerNote(doc, { configGeneration: 3, restartGeneration: 2 })
  expect(await readServerNote(doc)).toEqual({ configGeneration: 3, restartGeneration: 2 })
})

test.each(['', '{"configGeneration":', '{"configGeneration":"3"}', '[]', 'null'])(
  'a note that is missing or unreadable (%j) asks for a reload and never for a restart',
  async (text) => {
    const { doc } = await newMember()
    const harmless = { configGeneration: 0, restartGeneration: doc.restartGeneration }
    expect(await readServerNote(doc)).toEqual(harmless)
    await writeFile(layout(doc).serverNote, text)
    expect(await readServerNote(doc)).toEqual(harmless)
  },
)

test('a certificate is issued for the member’s names and addresses, and fits them', async () => {
  const certificate = { dnsNames: ['My_db', 'My_db.shop', 'localhost'], addresses: ['127.1.2.3'] }
  const { doc, env } = await newMember({ certificate, service: 'My_db' })
  expect(await certificateFits(doc, env)).toBe(false)
  await issueCertificate(doc, env)
  expect(await certificateFits(doc, env)).toBe(true)
  const pem = await readFile(layout(doc).certificate, 'utf8')
  const issued = new X509Certificate(pem)
  expect(issued.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true)
  expect(issued.checkIP('127.1.2.3')).toBe('127.1.2.3')
  expect(issued.checkHost('my_db.shop')).toBeDefined()
  expect(pem).toMatch(/-----END CERTIFICATE-----\s+-----BEGIN PRIVATE KEY-----/)
  expect((await stat(layout(doc).certificate)).mode & 0o777).toBe(0o600)
})

test('a certificate does not fit other names or addresses, fewer or more', async () => {
  const { doc, env } = await newMember()
  await issueCertificate(doc, env)
  const { dnsNames, addresses } = doc.certificate
  for (const certificate of [
    { dnsNames: [...dnsNames, 'other'], addresses },
    { dnsNames: dnsNames.slice(1), addresses },
    { dnsNames, addresses: ['127.9.9.9', '127.0.0.1'] },
  ]) {
    expect(await certificateFits({ ...doc, certificate }, env)).toBe(false)
  }
})

test.each([
  [29, false],
  [32, true],
])('a certificate with %d days to live fits: %s', async (days, fits) => {
  const { doc, env } = await newMember()
  const { dnsNames, addresses } = doc.certificate
  const request = { commonName: 'db', dnsNames, ipAddresses: addresses, days }
  const { certPem, keyPem } = await issueServerCertificate(authority, request)
  await mkdir(layout(doc).tls)
  await writeFile(layout(doc).certificate, `${certPem}\n${keyPem}`)
  expect(await certificateFits(doc, env)).toBe(fits)
})

test('a certificate of an authority that is ours no more does not fit', async () => {
  const { doc, env } = await newMember()
  await issueCertificate(doc, env)
  expect(await certificateFits(doc, { authority: await createAuthority({ name: 'new' }) })).toBe(
    false,
  )
})

test('files that were written are current; one that somebody edits is not, until they are written again', async () => {
  const { doc, env } = await newMember()
  expect(await filesAreCurrent(doc, env)).toBe(false)
  await writeMemberFiles(doc, env)
  expect(await filesAreCurrent(doc, env)).toBe(true)
  const conf = join(layout(doc).data, 'postgresql.conf')
  await writeFile(conf, "fsync = 'off'\n")
  expect(await filesAreCurrent(doc, env)).toBe(false)
  await writeMemberFiles(doc, env)
  expect(await readFile(conf, 'utf8')).toBe(doc.files['postgresql.conf'])
  expect(await filesAreCurrent(doc, env)).toBe(true)
})

test('a running server counts as not having read what was just written', async () => {
  const { doc, env } = await newMember()
  await writeServerNote(doc, { configGeneration: 9, restartGeneration: 4 })
  await writeMemberFiles(doc, env)
  expect(await readServerNote(doc)).toEqual({ configGeneration: 0, restartGeneration: 4 })
})
