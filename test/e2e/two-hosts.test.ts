import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isAlive, identify } from '../../src/system/processes.ts'
import { managed, project } from '../support/lab/desired.ts'
import { withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { type LabHost, openTwoHosts } from '../support/lab/two-hosts.ts'
import { until } from '../support/lab/until.ts'
import { repository } from '../support/started-command.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''
const etcdTest = test.skipIf(withoutEtcd)

/** A query of an instance of shop by the command line of a host. */
const select = (at: LabHost, sql: string, service = 'db') =>
  at.howdah(['-p', 'shop', 'psql', service, '-c', sql])

/** `howdah logs -f` of shop/db at a host, and all that it has printed. */
function followLogs(at: LabHost) {
  const child = spawn(
    process.execPath,
    [join(repository, 'bin/howdah.js'), '-p', 'shop', 'logs', 'db', '-f'],
    {
      env: { ...process.env, HOWDAH_HOME: at.home, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const followed = { text: '', end: () => child.kill('SIGINT') }
  const add = (text: string): void => void (followed.text += text)
  child.stdout.setEncoding('utf8').on('data', add)
  child.stderr.setEncoding('utf8').on('data', add)
  return followed
}

etcdTest(`what runs on one host is used from another as if it ran there${reason}`, async () => {
  await using hosts = await openTwoHosts()
  const { h1, h2 } = hosts
  await h1.finished(await h1.api.upProject(project('shop')))
  const [seen] = await h2.api.listInstances({})
  expect(seen).toMatchObject({ service: 'db', host: 'h1', isElsewhere: true, state: 'ready' })
  expect(seen?.caFile).toBe(join(h2.home, 'ca', 'ca.crt'))
  expect(seen?.reason).toBe(undefined)
  const listed = await h2.howdah(['-p', 'shop', 'ps'])
  expect(listed).toMatchObject({ status: 0, stderr: '' })
  expect(listed.stdout).toMatch(/^db +h1 +ready /m)

  expect(await select(h2, "select 'from ' || 'afar'")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('from afar') as unknown,
  })
  const followed = followLogs(h2)
  await until('the log so far', () => followed.text.includes('ready to accept connections'))
  await select(h1, 'select a_column_that_is_not_there')
  await until('a new line in the log', () => followed.text.includes('a_column_that_is_not_there'))
  followed.end()

  // Begun at one, done by the other: nothing of it is in this one's home.
  const backup = await h2.howdah(['-p', 'shop', 'backup', 'create', 'db', '--name', 'mine'])
  expect(backup).toMatchObject({ status: 0, stderr: expect.any(String) as unknown })
  const backups = await h1.api.listBackups({})
  expect(backups[0]?.backups.some(({ name }) => name === 'mine')).toBe(true)
  expect(existsSync(join(h2.home, 'instances'))).toBe(false)
  expect(existsSync(join(h2.home, 'lineages'))).toBe(false)

  // A start script lies on the machine where `up` is asked for, and runs where the project is.
  const path = join(h2.root, '01-start.sql')
  await writeFile(path, 'create table answers as select 42 as n')
  const services = {
    db: managed(),
    other: managed({ initFiles: [{ name: '01-start.sql', path }] }),
  }
  const grown = await h2.finished(await h2.api.upProject({ ...project('shop'), services }))
  expect(grown.error).toBe(undefined)
  expect(await select(h2, 'select n + 1 from answers', 'other')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('43') as unknown,
  })

  // A new project belongs to the host that it was asked of, and both go on side by side.
  await h2.finished(await h2.api.upProject(project('web')))
  const where = (await h1.api.listInstances({})).map((i) => `${i.project} on ${i.host}: ${i.state}`)
  expect(new Set(where)).toEqual(new Set(['shop on h1: ready', 'web on h2: ready']))
  expect(where).toHaveLength(3)
  expect(existsSync(join(h2.home, 'instances', 'web'))).toBe(true)
  expect(existsSync(join(h1.home, 'instances', 'web'))).toBe(false)
  // Ending one daemon with its instances leaves the other's alone.
  expect(await h2.api.stopDaemon({ instances: true })).toEqual({ stopped: 1 })
  await h2.daemon.ended
  expect((await h1.api.getInstance({ project: 'shop', service: 'db' })).state).toBe('ready')
})

etcdTest(`a host whose daemon died is said to be down until it is back${reason}`, async () => {
  await using hosts = await openTwoHosts()
  const { h1, h2 } = hosts
  await h1.finished(await h1.api.upProject(project('shop')))
  const named = { project: 'shop', service: 'db' }
  const { pid } = await h2.api.getInstance(named)
  const server = identify(pid!)
  const followed = followLogs(h2)
  await until('the log so far', () => followed.text.includes('ready to accept connections'))

  await h1.daemon.kill('SIGKILL')
  await until('word of it on the open stream', () => followed.text.includes('does not answer'))
  followed.end()
  await expect(h2.api.createBackup(named)).rejects.toMatchObject({ code: 'HOST_DOWN' })
  const refused = await select(h2, 'select 1')
  expect(refused.status).toBe(69)
  expect(refused.stderr).toContain('“h1”')
  // Its lease is over some seconds later. What it said last is still listed, and said to be that.
  const listed = await until('a list that tells it', async () => {
    const [one] = await h2.api.listInstances({})
    return one?.reason !== undefined && one
  })
  expect(listed).toMatchObject({ service: 'db', state: 'ready' })
  expect(listed.reason).toContain('“h1” does not answer')
  expect(server && isAlive(server)).toBe(true)

  await h1.startAgain()
  await until('a word of the host', async () => {
    const [one] = await h2.api.listInstances({})
    return one?.reason === undefined
  })
  expect(await select(h2, 'select 6 + 1')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('7') as unknown,
  })
  expect((await h2.api.getInstance(named)).pid).toBe(pid)
})
