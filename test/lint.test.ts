import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

const FLAWED = `
type Shape = 'circle' | 'square'
const wait = async (): Promise<void> => {}
export function area(shape: Shape): number {
  wait()
  switch (shape) {
    case 'circle':
      return 3
  }
  return 4
}
[1].forEach(async () => { await wait() })
`

test('the linter knows types: it finds a floating promise, a misused one and a switch with a case missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-lint-'))
  try {
    writeFileSync(join(folder, 'flawed.ts'), FLAWED)
    writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true } }')
    const { stdout, status } = spawnSync(
      join(root, 'node_modules/.bin/oxlint'),
      ['--type-aware', '-c', join(root, '.oxlintrc.json'), '--format', 'json', '.'],
      { cwd: folder, encoding: 'utf8' },
    )
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] }
    expect(status).toBe(1)
    expect(diagnostics.map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'typescript(no-floating-promises)',
        'typescript(no-misused-promises)',
        'typescript(switch-exhaustiveness-check)',
      ]),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
