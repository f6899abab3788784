import { expect, test } from 'vitest'
import { parseEnvFile } from '../../compose/dotenv.ts'
import { Findings } from '../../compose/findings.ts'
import { withoutConfig } from '../../compose/template.ts'
import { dotenvLine } from './dotenv-line.ts'

test.each([
  '',
  'plain',
  'https://example.com/a?b=c&d=e#f',
  'two words',
  `it's`,
  `both ' and "`,
  '$HOME and ${X:-y}',
  `it's $HOME`,
  'back\\slash',
  'line one\nline two',
  '# not a comment',
  'tab\there',
])('Compose reads %j back as it was', (value) => {
  const findings = new Findings()
  const file = { text: dotenvLine('KEY', value), shownAs: '.env' }
  const entry = parseEnvFile(file, () => undefined, findings).get('KEY')
  findings.throwIfAny()
  expect(withoutConfig(entry?.value ?? [])).toBe(value)
})
