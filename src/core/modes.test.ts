import { expect, test } from 'vitest'
import { Mode } from '../contract/instance.ts'
import { isProduction, meaningOf, refusedModeChange } from './modes.ts'

test('each mode has a sentence that starts with its name', () => {
  for (const mode of Mode.options) expect(meaningOf(mode)).toMatch(new RegExp(`^${mode}: `))
})

test('all modes but affordable protect', () => {
  expect(Mode.options.filter(isProduction)).toEqual(['balanced', 'high_availability'])
})

test('the one change that is refused is from high availability straight to affordable', () => {
  const refused = Mode.options.flatMap((from) =>
    Mode.options.filter((to) => refusedModeChange(from, to)).map((to) => `${from} → ${to}`),
  )
  expect(refused).toEqual(['high_availability → affordable'])
})
