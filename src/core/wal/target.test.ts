import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { showTime } from './local-time.ts'
import { parseTarget, targetForms } from './target.ts'

/** Friday the 20th at 14:30 in Oslo. */
const here = { now: '2026-11-20T13:30:00.000Z', zone: 'Europe/Oslo' }

function refusal(text: string, at = here): AppError {
  try {
    parseTarget(text, at)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error(`“${text}” was taken`)
}

test.each([
  ['latest', { kind: 'latest' }],
  ['now', { kind: 'latest' }],
  ['0/3000028', { kind: 'lsn', lsn: '0/3000028' }],
  ['lsn:a/b', { kind: 'lsn', lsn: 'a/b' }],
  ['1234', { kind: 'xid', xid: '1234' }],
  ['xid:1234', { kind: 'xid', xid: '1234' }],
  ['before-migration', { kind: 'name', name: 'before-migration' }],
  ['howdah-down-abc123', { kind: 'name', name: 'howdah-down-abc123' }],
  ['name:latest', { kind: 'name', name: 'latest' }],
  ['name: 10 minutes ago', { kind: 'name', name: '10 minutes ago' }],
  ['20261120-150312-a1b2c3', { kind: 'backup', id: '20261120-150312-a1b2c3' }],
  ['20261120-150312F', { kind: 'backup', id: '20261120-150312F' }],
  ['backup:20261120-150312F', { kind: 'backup', id: '20261120-150312F' }],
])('“%s” is a target', (text, target) => {
  expect(parseTarget(text, here)).toEqual(target)
})

test.each([
  ['2026-11-20 15:04', '2026-11-20T14:04:00.000000Z'],
  ['2026-11-20T15:04:05', '2026-11-20T14:04:05.000000Z'],
  ['2026-11-20 15:04:05.123456', '2026-11-20T14:04:05.123456Z'],
  ['2026-11-20T15:04:05.5Z', '2026-11-20T15:04:05.500000Z'],
  ['2026-11-20 15:04 UTC', '2026-11-20T15:04:00.000000Z'],
  ['2026-11-20 15:04:05+01:00', '2026-11-20T14:04:05.000000Z'],
  ['2026-11-20 15:04:05.25-0330', '2026-11-20T18:34:05.250000Z'],
  ['2026-11-20 15:04+00', '2026-11-20T15:04:00.000000Z'],
  ['2026-11-20 15:04 Asia/Kathmandu', '2026-11-20T09:19:00.000000Z'],
  ['2026-07-01 12:00', '2026-07-01T10:00:00.000000Z'],
  ['13:05', '2026-11-20T12:05:00.000000Z'],
  ['9:05:30', '2026-11-20T08:05:30.000000Z'],
  ['today 13:05', '2026-11-20T12:05:00.000000Z'],
  ['yesterday 15:00', '2026-11-19T14:00:00.000000Z'],
  ['Yesterday 15:00 UTC', '2026-11-19T15:00:00.000000Z'],
  ['10 minutes ago', '2026-11-20T13:20:00.000000Z'],
  ['90s ago', '2026-11-20T13:28:30.000000Z'],
  ['1h30m ago', '2026-11-20T12:00:00.000000Z'],
  ['1.5 hours ago', '2026-11-20T12:00:00.000000Z'],
  ['2 days 1 hour ago', '2026-11-18T12:30:00.000000Z'],
  ['time:15:04', '2026-11-20T14:04:00.000000Z'],
])('“%s” is the moment %s', (text, at) => {
  expect(parseTarget(text, here)).toEqual({ kind: 'time', at })
})

test('“today” is the day of the zone, not of UTC', () => {
  const late = { now: '2026-11-20T23:30:00.000Z', zone: 'Pacific/Auckland' }
  expect(parseTarget('10:00', late)).toMatchObject({ at: '2026-11-20T21:00:00.000000Z' })
  expect(parseTarget('yesterday 10:00', late)).toMatchObject({ at: '2026-11-19T21:00:00.000000Z' })
  const newYear = { now: '2027-01-01T00:30:00.000Z', zone: 'UTC' }
  expect(parseTarget('yesterday 10:00', newYear)).toMatchObject({
    at: '2026-12-31T10:00:00.000000Z',
  })
})

test.each([
  '',
  'yesterday',
  'tomorrow 10:00',
  '25:00',
  '12:60',
  '2026-02-30 10:00',
  '2026-13-01 10:00',
  '2026-11-20',
  '2026-11-20 15',
  '15.04',
  '10 minutes',
  'minutes ago',
  '10 parsecs ago',
  '0/g',
  'xid:abc',
  'lsn:12',
  'backup:monday',
  `name:${'x'.repeat(64)}`,
  'two words',
  '2026-11-20 15:04 CET',
])('“%s” is none, and what would be is said', (text) => {
  const error = refusal(text)
  expect(error.code).toBe('USAGE')
  expect(error.details).toEqual({ allowed: targetForms })
  expect(error.hint).toContain('10 minutes ago')
})

test('every form that is offered is taken', () => {
  const kinds = targetForms.map((form) => parseTarget(form, here).kind)
  expect(kinds.join(' ')).toBe('latest time time time time time lsn xid name backup')
})

describe('where clocks change', () => {
  test('an hour that came twice is refused with both readings, which are taken', () => {
    const error = refusal('2026-10-25 02:30')
    const readings = ['2026-10-25 02:30:00+02:00', '2026-10-25 02:30:00+01:00']
    expect(error).toMatchObject({ code: 'USAGE', details: { readings } })
    expect(error.message).toBe(
      '“2026-10-25 02:30” came twice in Europe/Oslo: 2026-10-25 02:30:00+02:00 and 2026-10-25 02:30:00+01:00',
    )
    expect(readings.map((text) => parseTarget(text, here))).toMatchObject([
      { at: '2026-10-25T00:30:00.000000Z' },
      { at: '2026-10-25T01:30:00.000000Z' },
    ])
  })

  test('an hour that never was is refused', () => {
    expect(refusal('2026-03-29 02:30')).toMatchObject({
      code: 'USAGE',
      message: '“2026-03-29 02:30” never was in Europe/Oslo: its clocks skipped that hour',
    })
    expect(parseTarget('2026-03-29 01:59', here)).toMatchObject({
      at: '2026-03-29T00:59:00.000000Z',
    })
    expect(parseTarget('2026-03-29 03:00', here)).toMatchObject({
      at: '2026-03-29T01:00:00.000000Z',
    })
  })

  test('half an hour counts too', () => {
    const island = { ...here, zone: 'Australia/Lord_Howe' }
    expect(refusal('2026-04-05 01:45', island)).toMatchObject({ code: 'USAGE' })
    expect(parseTarget('2026-04-05 01:15', island)).toMatchObject({ kind: 'time' })
  })
})

test('a zone that nobody knows is refused', () => {
  expect(refusal('2026-11-20 15:04 Europe/Nowhere').message).toBe(
    '“Europe/Nowhere” is no time zone',
  )
  expect(refusal('15:04', { ...here, zone: 'x' }).code).toBe('USAGE')
})

test.each([
  ['UTC', '2026-11-20 14:04:05.1234 UTC'],
  ['Europe/Oslo', '2026-11-20 15:04:05.1234+01:00'],
  ['America/St_Johns', '2026-11-20 10:34:05.1234-03:30'],
  ['Pacific/Kiritimati', '2026-11-21 04:04:05.1234+14:00'],
])('a moment is shown with its zone, %s, and read back as it was', (zone, text) => {
  expect(showTime('2026-11-20T14:04:05.123400Z', zone)).toBe(text)
  expect(parseTarget(text, here)).toEqual({ kind: 'time', at: '2026-11-20T14:04:05.123400Z' })
})

test('whole seconds are shown without a fraction', () => {
  expect(showTime('2026-07-20T14:04:05.000Z', 'Europe/Oslo')).toBe('2026-07-20 16:04:05+02:00')
})
