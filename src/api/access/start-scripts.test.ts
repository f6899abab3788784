import { expect, test } from 'vitest'
import type { Caller } from '../../contract/access.ts'
import type { DesiredProject } from '../../contract/desired.ts'
import type { Work } from '../../contract/documents/work.ts'
import { ManagedSpec } from '../../contract/project.ts'
import { expectOwnScripts, withScriptsOf } from './start-scripts.ts'

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
  expect(refusal({ role: 'admin', projects: ['shop'] }, '1.sh', '/uploads/1.sh')).toBe('FORBIDDEN')
  expect(refusal({ from: 'socket' }, '1.sh', '/srv/1.sh')).toBe(undefined)
})

test('the SQL of start scripts from elsewhere is a superuser’s for admins of all projects alone', () => {
  const scriptsAs = (caller: Partial<Caller>) => {
    const who: Caller = { name: 'anna', role: 'developer', from: '192.0.2.1', ...caller }
    const [work] = withScriptsOf(who, [{ desired: {} } as unknown as Work])
    return work?.desired?.scriptsAs
  }
  expect(scriptsAs({})).toBe('owner')
  expect(scriptsAs({ role: 'operator' })).toBe('owner')
  expect(scriptsAs({ role: 'admin', projects: ['shop'] })).toBe('owner')
  expect(scriptsAs({ role: 'admin' })).toBe(undefined)
  expect(scriptsAs({ from: 'socket' })).toBe(undefined)
})

test('a setting has a plain name, so that none of ours is set by another spelling of it', () => {
  const wanted = (name: string) => {
    const { settings } = ManagedSpec.shape
    return settings.safeParse({ [name]: 'x' }).success
  }
  expect(wanted('work_mem')).toBe(true)
  expect(wanted('pg_stat_statements.track')).toBe(true)
  expect(wanted('Archive_Command')).toBe(false)
  expect(wanted("work_mem = '1MB'\narchive_command")).toBe(false)
})
