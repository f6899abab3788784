import { expect, test } from 'vitest'
import type { Caller } from '../../contract/access.ts'
import type { DesiredProject } from '../../contract/desired.ts'
import { expectOwnScripts } from './start-scripts.ts'

const desired = (name: string, path: string) =>
  ({ services: { db: { initFiles: [{ name, path }] } } }) as unknown as DesiredProject
const sent = (path: string): boolean => path.startsWith('/uploads/')
const refusal = (caller: Partial<Caller>, name: string, path: string) => {
  const who: Caller = { name: 'anna', role: 'developer', from: '192.0.2.1', ...caller }
  try {
    expectOwnScripts(desired(name, path), who, sent)
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('from elsewhere only what was sent is run, and shell scripts only for admins', () => {
  expect(refusal({}, '1.sql', '/uploads/1.sql')).toBe(undefined)
  expect(refusal({}, '1.sql', '/etc/shadow')).toBe('FORBIDDEN')
  expect(refusal({ role: 'admin' }, '1.sql', '/etc/shadow')).toBe('FORBIDDEN')
  expect(refusal({ role: 'operator' }, '1.sh', '/uploads/1.sh')).toBe('FORBIDDEN')
  expect(refusal({ role: 'admin' }, '1.sh', '/uploads/1.sh')).toBe(undefined)
  expect(refusal({ from: 'socket' }, '1.sh', '/srv/1.sh')).toBe(undefined)
})
