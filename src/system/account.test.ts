import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { creations, findAccount, parsePasswd, serverAccount } from './account.ts'

const canCreate =
  process.geteuid?.() === 0 &&
  process.platform === 'linux' &&
  spawnSync('useradd', ['--help']).status === 0

test('an account is read by its exact name', () => {
  const text =
    'root:x:0:0:root:/root:/bin/bash\nhowdah2:x:7:7::/:\nhowdah:x:998:997::/nonexistent:/usr/sbin/nologin\n'
  expect(parsePasswd(text, 'howdah')).toEqual({ name: 'howdah', uid: 998, gid: 997 })
  expect(parsePasswd(text, 'howda')).toBeUndefined()
  expect(parsePasswd('howdah:x:a:b', 'howdah')).toBeUndefined()
})

test('root itself is found on this machine', () => {
  expect(findAccount('root')).toMatchObject({ uid: 0, gid: 0 })
  expect(findAccount('no-such-account-here')).toBeUndefined()
})

test('both ways to make an account make no home and no login', () => {
  for (const way of creations('x')) {
    const line = way.flat().join(' ')
    expect(line).toContain('/nonexistent')
    expect(line).toContain('nologin')
  }
})

test.skipIf(process.geteuid?.() === 0)('without root, servers run as us', () => {
  expect(serverAccount()).toBeUndefined()
})

test.runIf(canCreate)(
  'several processes that create the account at once all get the same one',
  async () => {
    const name = `howdah-test-${randomBytes(3).toString('hex')}`
    onTestFinished(() => {
      spawnSync('userdel', [name])
      rmSync(`/run/${name}-account.lock`, { force: true })
    })
    const module = JSON.stringify(new URL('account.ts', import.meta.url).href)
    const code = `import { accountNamed } from ${module}; console.log(JSON.stringify(accountNamed('${name}')))`
    const create = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', code])
    const made = await Promise.all([create(), create(), create(), create()])
    const accounts = new Set(made.map(({ stdout }) => stdout))
    expect(accounts.size).toBe(1)
    expect(findAccount(name)?.uid).toBeGreaterThan(0)
  },
)
