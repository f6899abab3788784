import { expect, test } from 'vitest'
import { DEFAULT_CPUS, DEFAULT_MEMORY_BYTES, LEAST_MEMORY_BYTES, sizedSettings } from './sizing.ts'

const MIB = 1024 * 1024
const sizesMib = [64, 100, 128, 200, 256, 512, 777, 1024, 2048, 4096, 16384, 65536, 262144]
const settings = (memoryMib: number, cpus = 1) =>
  sizedSettings({ memoryBytes: memoryMib * MIB, cpus })

/** MiB of a setting such as `128MB` or `4096kB`; a bare number as it is. */
function amount(value: string): number {
  const [, digits, unit] = /^(\d+)(kB|MB)?$/.exec(value) ?? []
  expect(digits, `${value} is a whole number with a unit that Postgres knows`).toBeDefined()
  return Number(digits) / (unit === 'kB' ? 1024 : 1)
}

test('every setting is a whole number, and more memory never lowers one but work_mem', () => {
  for (const [index, memoryMib] of sizesMib.entries()) {
    const have = settings(memoryMib)
    const less = settings(sizesMib[index - 1] ?? memoryMib)
    for (const [name, value] of Object.entries(have)) {
      if (name === 'work_mem') amount(value)
      else expect(amount(value), name).toBeGreaterThanOrEqual(amount(less[name] ?? '0'))
    }
  }
})

test('more CPUs never lower a setting', () => {
  const cpus = [0.25, 0.5, 1, 1.5, 2, 4, 8, 16, 64]
  for (const [index, count] of cpus.entries()) {
    const less = settings(1024, cpus[index - 1] ?? count)
    for (const [name, value] of Object.entries(settings(1024, count))) {
      expect(amount(value), name).toBeGreaterThanOrEqual(amount(less[name] ?? '0'))
    }
  }
})

test('what all connections may use at once and what is shared fits the memory', () => {
  for (const memoryMib of sizesMib.filter((mib) => mib >= 128)) {
    const s = settings(memoryMib)
    const used =
      amount(s['shared_buffers']!) +
      amount(s['wal_buffers']!) +
      amount(s['work_mem']!) * Number(s['max_connections'])
    expect(used, `${memoryMib} MiB`).toBeLessThanOrEqual(memoryMib)
  }
})

test('the smallest and the largest sizes stay within what Postgres takes', () => {
  const least = sizedSettings({ memoryBytes: LEAST_MEMORY_BYTES, cpus: 0.1 })
  expect(least).toMatchObject({
    max_connections: '50',
    shared_buffers: '16MB',
    work_mem: '1024kB',
    min_wal_size: '80MB',
    max_parallel_workers_per_gather: '1',
  })
  const huge = settings(1024 * 1024, 128)
  expect(huge).toMatchObject({ max_connections: '500', max_parallel_workers_per_gather: '4' })
  expect(amount(huge['work_mem']!)).toBeLessThanOrEqual(1024)
  expect(amount(huge['maintenance_work_mem']!)).toBeLessThanOrEqual(2048)
})

test('the default size has a quarter of its memory in shared buffers', () => {
  const s = sizedSettings({ memoryBytes: DEFAULT_MEMORY_BYTES, cpus: DEFAULT_CPUS })
  expect(s).toMatchObject({
    shared_buffers: '128MB',
    effective_cache_size: '384MB',
    max_connections: '128',
    max_wal_size: '512MB',
  })
})
