import { expect, test } from 'vitest'
import { initdbArguments, type ClusterOptions } from './initdb.ts'

const flags = (major: number, options: ClusterOptions = {}, machineHasUtf8C = true) =>
  initdbArguments({ major, directory: '/data', superuser: 'admin', options }, machineHasUtf8C)

test('every version gets checksums, its folder and superuser, and no sync of its own', () => {
  for (const major of [12, 16, 18]) {
    expect(flags(major)).toEqual(
      expect.arrayContaining([
        '--data-checksums',
        '--no-sync',
        '--pgdata=/data',
        '--username=admin',
        '--encoding=UTF8',
      ]),
    )
  }
})

test('the default locale is the machine’s C.UTF-8, else C; from 17 on Postgres’s own', () => {
  expect(flags(16)).toContain('--locale=C.UTF-8')
  expect(flags(16, {}, false)).toContain('--locale=C')
  expect(flags(16).join(' ')).not.toContain('provider')
  expect(flags(17, {}, false)).toEqual(
    expect.arrayContaining(['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
  )
})

test('a locale that was asked for is passed on, and its encoding left to initdb unless it is sure', () => {
  const german = flags(17, { locale: 'de_DE', lcMessages: undefined })
  expect(german).toContain('--locale=de_DE')
  expect(german.join(' ')).not.toMatch(/encoding|provider/)
  expect(flags(16, { locale: 'de_DE.UTF-8' })).toContain('--encoding=UTF8')
  expect(flags(16, { locale: 'C' })).toContain('--encoding=UTF8')
  expect(flags(16, { encoding: 'LATIN1', locale: 'C' })).toContain('--encoding=LATIN1')
})

test('an option that is undefined is as one that is missing', () => {
  expect(flags(17, { locale: undefined, icuLocale: undefined })).toEqual(flags(17))
})

test('every option reaches initdb under its own name', () => {
  const all = flags(17, {
    lcCollate: 'a',
    lcCtype: 'b',
    lcMessages: 'c',
    localeProvider: 'icu',
    icuLocale: 'd',
    icuRules: '&e < f',
    textSearchConfig: 'g',
    walSegmentSizeMib: 32,
  })
  expect(all).toEqual(
    expect.arrayContaining([
      '--lc-collate=a',
      '--lc-ctype=b',
      '--lc-messages=c',
      '--locale-provider=icu',
      '--icu-locale=d',
      '--icu-rules=&e < f',
      '--text-search-config=g',
      '--wal-segsize=32',
    ]),
  )
})

test('a version is not given an option that it does not know', () => {
  expect(flags(13)).not.toContain('--no-instructions')
  expect(flags(14)).toContain('--no-instructions')
})
