import { expect, test } from 'vitest'
import { hideText, hideTextIn } from './hide-text.ts'

test('a secret is hidden as it is, in a URL with either case of hex, in a shell trace and in SQL', () => {
  const secret = `p@ss/w'ö d`
  expect(hideText(`+ psql -W ${secret} twice ${secret}`, secret)).toBe('+ psql -W *** twice ***')
  expect(hideText(`postgres://u:${encodeURIComponent(secret)}@h`, secret)).toBe(
    'postgres://u:***@h',
  )
  expect(hideText(`x=p%40ss%2fw'%c3%b6%20d`, secret)).toBe('x=***')
  expect(hideText(`x=p%40ss%2Fw%27%C3%B6+d`, secret)).toBe('x=***')
  expect(hideText(String.raw`+ PW='p@ss/w'\''ö d'`, secret)).toBe(`+ PW='***'`)
  expect(hideText(`PASSWORD 'p@ss/w''ö d'`, secret)).toBe(`PASSWORD '***'`)
})

test('an empty secret changes nothing', () => {
  expect(hideText('text', '')).toBe('text')
  expect(hideText('an exit', 'x')).toBe('an exit')
})

test('a secret is hidden at any depth of a value, and what is no text stays', () => {
  const value = { stderr: 'a s3cret b', lines: ['s3cret', 4], exitCode: 1, none: null }
  expect(hideTextIn(value, 's3cret')).toEqual({
    stderr: 'a *** b',
    lines: ['***', 4],
    exitCode: 1,
    none: null,
  })
})
