import { expect, test } from 'vitest'
import type { Operation } from '../../src/contract/operation.ts'
import { readHostFile } from '../../src/daemon/host/host-file.ts'
import { freePort } from '../../src/system/ports.ts'
import { firstInPath } from '../../src/system/program-path.ts'
import { boundariesOf, Crasher } from '../support/lab/crash.ts'
import { project } from '../support/lab/desired.ts'
import { memberOf } from '../support/lab/host-home.ts'
import { openLab } from '../support/lab-home.ts'
import { until } from '../support/lab/until.ts'

const programs = ['etcd', 'patroni', 'haproxy', 'pgbouncer', 'pgbackrest', 'pg_createcluster']
const isHere = async (name: string): Promise<boolean> => (await firstInPath([name])) !== undefined
const missing = (await Promise.all(programs.map(isHere))).includes(false)
/** A host’s packages are installed by root; what a test needs is here before. */
const reason =
  process.geteuid?.() !== 0
    ? ' (skipped: not root)'
    : missing
      ? ` (skipped: not all of ${programs.join(', ')} are here)`
      : ''

const address = '127.83.19.7'

test.skipIf(reason !== '')(
  `a daemon that dies at any boundary of becoming a host, or of being none again, has it finished by the next${reason}`,
  async () => {
    process.env['HOWDAH_CLUSTER_PORTS'] = String(await freePort(address))
    await using lab = await openLab()
    const crasher = await Crasher.of(lab)
    const init = (): Promise<Operation> => lab.api.initHosts({ name: 'h1', address })
    const remove = (): Promise<Operation> => lab.api.removeHost({ name: 'h1', isLost: false })
    const serverPid = (): Promise<number> =>
      until('a server that is ready', async () => {
        const [instance] = await lab.api.listInstances({})
        return instance?.state === 'ready' && instance.pid
      })
    const expectDone = (operation: Operation, round: string): void => {
      expect(operation.error, round).toBe(undefined)
      expect(operation.state, round).toBe('done')
    }
    await crasher.calmly(() => lab.api.upProject(project('shop')))
    const pid = await serverPid()
    const made = await crasher.calmly(init)
    expectDone(made, 'init')
    const unmade = await crasher.calmly(remove)
    expectDone(unmade, 'rm')
    // The step that moves the state begins twice: on the one store and on the other.
    const counts = [made, unmade].map((operation) => boundariesOf(operation) + 1)
    const [making = 0, unmaking = 0] = counts
    for (let n = 1; n <= Math.max(making, unmaking); n++) {
      const round = `boundary ${n}`
      expectDone(await (n <= making ? crasher.atBoundary(n, init) : crasher.calmly(init)), round)
      expect((await readHostFile(lab.home))?.state, round).toBe('member')
      expect(
        (await lab.api.listHosts({})).map(({ name }) => name),
        round,
      ).toEqual(['h1'])
      expect(await serverPid(), round).toBe(pid)
      expectDone(
        await (n <= unmaking ? crasher.atBoundary(n, remove) : crasher.calmly(remove)),
        round,
      )
      expect(await readHostFile(lab.home), round).toBe(undefined)
      expect(await memberOf(lab.home).running(), round).toBe(undefined)
      expect(await lab.api.listHosts({}), round).toEqual([])
      expect(await serverPid(), round).toBe(pid)
    }
  },
)
