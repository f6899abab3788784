import { expect, test } from 'vitest'
import { dynamicChange, dynamicConfig } from './patroni-dynamic.ts'

const shared = { max_connections: '100' }
const three = { major: 3, minor: 0, patch: 2 }
const four = { major: 4, minor: 1, patch: 0 }

test('each durability is one of Patroni’s modes', () => {
  const modes = (['async', 'sync', 'quorum', 'strict'] as const).map((durability) => {
    const config = dynamicConfig({ durability, shared, version: four })
    return [config['synchronous_mode'], config['synchronous_mode_strict']]
  })
  expect(modes).toEqual([
    [false, false],
    [true, false],
    ['quorum', false],
    [true, true],
  ])
})

test('a release that cannot commit by quorum is not asked to', () => {
  const wish = { durability: 'quorum', shared, version: three } as const
  expect(() => dynamicConfig(wish)).toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }))
})

test('a scope that says what it should is left alone', () => {
  const wanted = dynamicConfig({ durability: 'sync', shared, version: three })
  expect(dynamicChange(wanted, wanted)).toBeUndefined()
  expect(dynamicChange({ ...wanted, pause: true }, wanted)).toBeUndefined()
})

test('only what differs is sent, and settings that are wanted no more are taken away', () => {
  const is = dynamicConfig({ durability: 'async', shared: { work_mem: '4MB' }, version: three })
  const wanted = dynamicConfig({ durability: 'sync', shared, version: three })
  expect(dynamicChange(is, wanted)).toEqual({
    synchronous_mode: true,
    postgresql: { parameters: { max_connections: '100', work_mem: null } },
  })
})

test('a scope that says nothing yet gets all', () => {
  const wanted = dynamicConfig({ durability: 'sync', shared, version: four })
  expect(dynamicChange({}, wanted)).toEqual(wanted)
})
