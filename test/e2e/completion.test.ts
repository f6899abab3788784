import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasProgram } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { repository } from '../support/started-command.ts'

let lab: Lab
const script = (shell: string): string => join(lab.root, `howdah.${shell}`)

beforeAll(async () => {
  lab = await openLab({ engines: 'none' })
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = await lab.howdah(['completion', shell])
    writeFileSync(script(shell), stdout)
  }
})
afterAll(() => lab?.[Symbol.asyncDispose]())

/** What bash would offer for the last of the words. */
function bash(...words: string[]): string[] {
  const program = [
    `source '${script('bash')}'`,
    'COMP_WORDS=(howdah "$@")',
    'COMP_CWORD=$#',
    '_howdah',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n')
  const said = execFileSync('bash', ['-c', program, 'bash', ...words], { encoding: 'utf8' })
  return said.split('\n').filter(Boolean)
}

test('bash offers commands, what a group holds, flags, and the words that a flag takes', () => {
  expect(bash('sn')).toEqual(['snapshot'])
  expect(bash('config', '')).toEqual(['set', 'ls', 'rm', 'get'])
  expect(bash('-p', 'shop', 'snapshot', 'r')).toEqual(['rm', 'restore'])
  expect(bash('psql', '--fo')).toEqual(['--format'])
  expect(bash('psql', '--format', '')).toEqual(['aligned', 'csv', 'json'])
  expect(bash('completion', '')).toEqual(['bash', 'zsh', 'fish'])
  expect(bash('psql', '-f', join(repository, 'package.js'))).toContain(
    join(repository, 'package.json'),
  )
})

test.skipIf(!hasProgram('fish'))('fish offers the same', () => {
  const fish = (line: string): string[] => {
    const program = `source '${script('fish')}'; complete -C '${line}'`
    const said = execFileSync('fish', ['--no-config', '-c', program], { encoding: 'utf8' })
    return said
      .split('\n')
      .filter(Boolean)
      .map((offer) => offer.split('\t')[0] ?? '')
  }
  expect(fish('howdah -p shop snapshot r')).toEqual(['restore', 'rm'])
  expect(fish('howdah psql --format ')).toEqual(['aligned', 'csv', 'json'])
  expect(fish('howdah url --form')).toEqual(['--format'])
})

test.skipIf(!hasProgram('zsh')).each([
  ['howdah snapshot ', 'restore'],
  ['howdah psql --format ', 'aligned'],
  ['howdah config se', 'config set'],
  ['howdah daemon install --', '--print'],
])('zsh completes “%s”', (typed, offered) => {
  const driver = join(repository, 'test', 'support', 'shells', 'complete.zsh')
  const env = { ...process.env, SCRIPT: script('zsh') }
  execFileSync('zsh', ['-f', driver, typed, offered], { env, encoding: 'utf8' })
})
