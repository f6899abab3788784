import { expect, test } from 'vitest'
import { bestPackages } from './npm-packages.ts'

const best = (...versions: string[]) => bestPackages(versions).map(({ version }) => version)

test('each Postgres version has one package: of its betas the highest number, compared as a number', () => {
  expect(best('16.4.0-beta.9', '16.4.0-beta.14', '16.4.0-beta.12')).toEqual(['16.4.0-beta.14'])
})

test('a repaired package (third number) beats a later build of the first', () => {
  expect(best('13.13.1-beta.1', '13.13.0-beta.15')).toEqual(['13.13.1-beta.1'])
})

test('a release beats betas, and a beta beats alphas', () => {
  expect(best('14.3.0-beta.6', '14.3.0-alpha.21')).toEqual(['14.3.0-beta.6'])
  expect(best('14.3.1-beta.6', '14.3.0', '14.3.0-beta.9')).toEqual(['14.3.0'])
  expect(best('14.3.0-alpha.2', '14.3.0-alpha.14')).toEqual(['14.3.0-alpha.14'])
})

test('the newest Postgres is first, and what it holds is read off the version', () => {
  expect(bestPackages(['16.9.0-beta.15', '18.0.0-beta.15', '16.14.0-beta.17'])).toEqual([
    { major: 18, minor: 0, version: '18.0.0-beta.15' },
    { major: 16, minor: 14, version: '16.14.0-beta.17' },
    { major: 16, minor: 9, version: '16.9.0-beta.15' },
  ])
})

test('majors that we do not run, and versions of another form, are left out', () => {
  expect(best('11.22.1-beta.11', '19.0.0-beta.1', '16.4.0-rc.1', '16.4', 'latest')).toEqual([])
  expect(best('12.22.0-beta.15')).toHaveLength(1)
})
