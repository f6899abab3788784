import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { nameForGitBranch } from './branch-name.ts'
import { currentGitBranch } from './current-branch.ts'

function repository(): { folder: string; git: (...args: string[]) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-git-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    execFileSync('git', [...who, ...args], { cwd: folder, env, stdio: 'pipe' })
  }
  git('init', '-q', '-b', 'feature/login')
  return { folder, git }
}

test('the branch that is checked out is found from any folder of the repository', () => {
  const { folder } = repository()
  mkdirSync(join(folder, 'a', 'b'), { recursive: true })
  expect(currentGitBranch(join(folder, 'a', 'b'), {})).toBe('feature/login')
})

test('a worktree has a branch of its own', () => {
  const { folder, git } = repository()
  git('commit', '-q', '--allow-empty', '-m', 'first')
  git('worktree', 'add', '-q', '-b', 'hotfix', 'beside')
  expect(currentGitBranch(join(folder, 'beside'), {})).toBe('hotfix')
  expect(currentGitBranch(folder, {})).toBe('feature/login')
})

test('a detached HEAD is no branch, and neither is a folder without a repository', () => {
  const { folder, git } = repository()
  git('commit', '-q', '--allow-empty', '-m', 'first')
  git('checkout', '-q', '--detach')
  expect(currentGitBranch(folder, {})).toBeUndefined()
  expect(currentGitBranch('/', {})).toBeUndefined()
})

test('GIT_DIR names another repository', () => {
  const { folder } = repository()
  expect(currentGitBranch('/', { GIT_DIR: join(folder, '.git') })).toBe('feature/login')
})

test('what is no HEAD is not taken for one', () => {
  const { folder } = repository()
  writeFileSync(join(folder, '.git', 'HEAD'), 'ref: refs/heads/.invalid\n')
  expect(currentGitBranch(folder, {})).toBeUndefined()
  writeFileSync(join(folder, '.git', 'HEAD'), 'x'.repeat(10_000))
  expect(currentGitBranch(folder, {})).toBeUndefined()
})

test.each([
  ['main', 'main'],
  ['feature/Log-in #7', 'feature-log-in-7'],
  ['renovate/@types/node-24.x', 'renovate-types-node-24.x'],
  ['_x_', 'x'],
  [`a${'/b'.repeat(60)}`, 'a' + '-b'.repeat(23)],
])('the Git branch %s becomes %s', (branch, name) => {
  expect(nameForGitBranch(branch)).toBe(name)
})

test('a Git branch without a usable letter is refused', () => {
  expect(() => nameForGitBranch('/日本/')).toThrow('gives no name')
})
