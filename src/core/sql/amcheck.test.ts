import { expect, test } from 'vitest'
import { computesAsOwner, saysDamaged } from './amcheck.ts'

test('index expressions are evaluated only where amcheck does it as the table’s owner', () => {
  expect([150000, 180001, 140003, 140018, 130007, 120011].map(computesAsOwner)).toEqual(
    Array(6).fill(true),
  )
  expect([140002, 140000, 130006, 120010, 110022].map(computesAsOwner)).toEqual(
    Array(5).fill(false),
  )
})

test('damage is what the server calls so or cannot read, and not a statement that fails', () => {
  expect(['XX000', 'XX001', 'XX002', '58030', '58P01'].every(saysDamaged)).toBe(true)
  expect(['57014', '55P03', '42883', '0A000', '22012'].some(saysDamaged)).toBe(false)
})
