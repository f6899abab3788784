import { describe, expect, test } from 'vitest'
import { readArguments, readBytes, readNumber, readPlaces, readSkewMs } from './hosts/arguments.ts'
import { healed, ruleset } from './hosts/cuts.ts'
import type { LabFile } from './hosts/lab-file.ts'
import { checkLabName } from './hosts/names.ts'

const H1 = '{ h1, h1-a, h1-b }'
const H2 = '{ h2, h2-a, h2-b }'

const dropsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.endsWith('drop'))

describe('the rules of the switch', () => {
  test('a cut between two hosts drops both ways and nothing else', () => {
    expect(dropsOf(ruleset([{ from: ['h1'], to: ['h2'] }]))).toEqual([
      `iifname ${H1} oifname ${H2} drop`,
      `iifname ${H2} oifname ${H1} drop`,
    ])
  })

  test('a one-way cut drops what the first sends', () => {
    expect(dropsOf(ruleset([{ from: ['h1'], to: ['h2'], isOneWay: true }]))).toEqual([
      `iifname ${H1} oifname ${H2} drop`,
    ])
  })

  test('a host that is cut off reaches neither the others nor the way out of the lab', () => {
    expect(dropsOf(ruleset([{ from: ['h1'] }]))).toEqual([
      `iifname ${H1} oifname != ${H1} drop`,
      `iifname != ${H1} oifname ${H1} drop`,
      `iifname ${H1} drop`,
      `oifname ${H1} drop`,
    ])
  })

  test('the hosts of a zone that is cut off still reach each other', () => {
    const zone = '{ h1, h1-a, h1-b, h2, h2-a, h2-b }'
    expect(dropsOf(ruleset([{ from: ['h1', 'h2'] }]))).toContain(
      `iifname ${zone} oifname != ${zone} drop`,
    )
  })

  test('a cut of ports drops connections to them and their answers', () => {
    const cut = { from: ['h1'], to: ['h2'], ports: [2379, 2380], isOneWay: true }
    expect(dropsOf(ruleset([cut]))).toEqual([
      `iifname ${H1} oifname ${H2} tcp dport { 2379, 2380 } drop`,
      `iifname ${H1} oifname ${H2} tcp sport { 2379, 2380 } drop`,
    ])
  })

  test('without cuts nothing is dropped', () => {
    expect(dropsOf(ruleset([]))).toEqual([])
  })
})

describe('healing', () => {
  const cuts = [{ from: ['h1'] }, { from: ['h2'], to: ['h1'] }, { from: ['h2'], to: ['h3'] }]

  test('a host takes every cut away that touches it', () => {
    expect(healed(cuts, 'h1')).toEqual([cuts[2]])
  })

  test('a pair takes away what lies between the two', () => {
    expect(healed(cuts, 'h1', 'h2')).toEqual([cuts[0], cuts[2]])
  })

  test('nothing named takes all away', () => {
    expect(healed(cuts)).toEqual([])
  })
})

describe('the command line', () => {
  const hosts = [
    { name: 'h1', address: '10.77.0.11', zone: 'a' },
    { name: 'h2', address: '10.77.0.12', zone: 'b' },
    { name: 'h3', address: '10.77.0.13', zone: 'a' },
  ]
  const lab: LabFile = {
    name: 'lab1',
    folder: '/nowhere',
    suite: 'host',
    filesystem: 'ext4',
    diskBytes: 1,
    memoryBytes: 1,
    checkout: '/nowhere',
    hosts,
  }

  test('what stands after -- is the command’s own', () => {
    const { words, inner } = readArguments(['exec', 'h1', '--', 'ls', '--json'])
    expect({ words, inner }).toEqual({ words: ['exec', 'h1'], inner: ['ls', '--json'] })
  })

  test('a span with a sign is no flag', () => {
    expect(readArguments(['skew', 'h1', '-5m']).words).toEqual(['skew', 'h1', '-5m'])
  })

  test('an unknown flag is refused in a sentence', () => {
    expect(() => readArguments(['up', '3', '--host', '2'])).toThrow(/--host/)
  })

  test.each([
    ['+5m', 300_000],
    ['-1h', -3_600_000],
    ['0', 0],
    ['off', undefined],
  ])('a skew of %s', (text, byMs) => {
    expect(readSkewMs(text)).toBe(byMs)
  })

  test('rates and shares are read with their units', () => {
    expect([
      readBytes('disk', '10MB/s'),
      readNumber('loss', '5%'),
      readNumber('ms', '100ms'),
    ]).toEqual([10 * 1024 ** 2, 5, 100])
  })

  test.each([
    ['h1,h3', ['h1', 'h3']],
    ['zone=a', ['h1', 'h3']],
    ['all', ['h1', 'h2', 'h3']],
  ])('the hosts that %s means', (word, names) => {
    expect(readPlaces(lab, word)).toEqual(names)
  })

  test.each([['h4'], ['zone=c'], ['edge'], [undefined]])('%s is no host', (word) => {
    expect(() => readPlaces(lab, word)).toThrow(/which host/)
  })

  test.each([['Lab'], ['a-b'], ['../x'], [''], ['a'.repeat(17)]])(
    '%j is no name of a lab',
    (name) => {
      expect(() => checkLabName(name)).toThrow(/letters and digits/)
    },
  )
})
