import { expect, test } from 'vitest'
import { lsnOf } from './lsn.ts'
import { parseTimelineHistory } from './timeline-history.ts'

test('a history names the ancestors and where each was left', () => {
  const text =
    '1\t0/3000028\tno recovery target specified\n\n# a note\n2\t1/A0\tbefore 2000-01-01\n'
  expect(parseTimelineHistory(text)).toEqual([
    { timeline: 1, switchLsn: lsnOf('0/3000028') },
    { timeline: 2, switchLsn: lsnOf('1/A0') },
  ])
})

test.each(['1', '1\tnowhere', 'x\t0/1', '2\t0/1\n1\t0/2', '1\t0/1\n1\t0/2'])(
  '“%s” is none, as Postgres would say too',
  (text) => {
    expect(parseTimelineHistory(text)).toBeUndefined()
  },
)
