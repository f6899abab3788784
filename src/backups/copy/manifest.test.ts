import { expect, test } from 'vitest'
import { type Manifest, readManifest, writeManifest } from './manifest.ts'

const manifest: Manifest = {
  files: [
    {
      path: 'PG_VERSION',
      sizeBytes: 3,
      modifiedAt: new Date('2026-11-20T14:04:05Z'),
      sha256: 'ab'.repeat(32),
    },
    {
      path: 'base/5/a "strange" name',
      sizeBytes: 8192,
      modifiedAt: new Date('2026-01-02T03:04:05Z'),
      sha256: 'cd'.repeat(32),
    },
  ],
  wal: { timeline: 2, startLsn: '0/2000028', stopLsn: '0/2000100' },
}

test('a manifest is text as Postgres writes it', () => {
  expect(writeManifest(manifest).split('\n')).toEqual([
    '{ "PostgreSQL-Backup-Manifest-Version": 1,',
    '"Files": [',
    `{ "Path": "PG_VERSION", "Size": 3, "Last-Modified": "2026-11-20 14:04:05 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "${'ab'.repeat(32)}" },`,
    `{ "Path": "base/5/a \\"strange\\" name", "Size": 8192, "Last-Modified": "2026-01-02 03:04:05 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "${'cd'.repeat(32)}" }`,
    '],',
    '"WAL-Ranges": [',
    '{ "Timeline": 2, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }',
    '],',
    expect.stringMatching(/^"Manifest-Checksum": "[0-9a-f]{64}"\}$/),
    '',
  ])
})

test('what was written is read again', () => {
  expect(readManifest(writeManifest(manifest))).toEqual(manifest)
})

test.each([
  ['a changed size', (text: string) => text.replace('"Size": 3', '"Size": 4')],
  ['a changed sum of a file', (text: string) => text.replace('abab', 'abac')],
  ['a cut end', (text: string) => text.slice(0, -40)],
  ['a removed line', (text: string) => text.replace(/^.*PG_VERSION.*\n/m, '')],
  ['nothing at all', () => ''],
])('%s is seen', (_, change) => {
  expect(() => readManifest(change(writeManifest(manifest)))).toThrow(
    expect.objectContaining({ code: 'BACKUP_DAMAGED' }),
  )
})
