import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../support/lab/until.ts'
import { run, succeeds } from './command.ts'
import { freezeGroup, thawGroup } from './freeze.ts'
import { logTail, machineScripts, startKeeper } from './keeper.ts'
import { type LabFile, hostFolder } from './lab-file.ts'
import { namespaceOf } from './names.ts'
import { changeFaults, readFaults } from './network.ts'
import { endAll, initOf, isUp, keeperNamed, neededInit, processesOf } from './processes.ts'
import { Refusal } from './refusal.ts'

const SUPERVISOR = 'supervise.sh'

/** Turns a host on and waits until its init has started what boots. One that runs already is left alone. */
export async function boot(lab: LabFile, host: string): Promise<void> {
  const folder = hostFolder(lab, host)
  if (initOf(lab, host) !== undefined) return
  const log = join(folder, 'log')
  let ended: string | undefined
  if (keeperNamed(SUPERVISOR, folder) === undefined) {
    const child = startKeeper(log, 'sh', [join(machineScripts, SUPERVISOR), folder])
    void once(child, 'exit').then(([status, signal]) => (ended = String(status ?? signal)))
  }
  await until(`the boot of ${host}`, () => {
    if (ended === undefined) return isUp(lab, host)
    throw new Error(`${host} did not boot (${ended}); its log ends with\n${logTail(log)}`)
  })
}

/** Asks a host to stop what it runs and to boot again, as `reboot` in it does; one that is off is turned on. */
export async function reboot(lab: LabFile, host: string): Promise<void> {
  const before = initOf(lab, host)
  if (before === undefined) return boot(lab, host)
  if (readFaults(lab).frozen.includes(host)) throw new Refusal(`${host} is frozen: thaw it first`)
  // Before it is up it hears no signal.
  await until(`${host} to be up`, () => isUp(lab, host) || initOf(lab, host) !== before)
  process.kill(neededInit(lab, host), 'SIGHUP')
  await until(`the end of ${host}`, () => initOf(lab, host) !== before)
  // A supervisor that was killed cannot boot it again, so another does.
  if (keeperNamed(SUPERVISOR, hostFolder(lab, host)) === undefined) await boot(lab, host)
  await until(`the boot of ${host}`, () => isUp(lab, host))
}

/**
 * Takes a host's power: no process gets to do anything more, peers hear nothing, and what no fsync brought to its disks is
 * gone. It stays off until it is booted.
 */
export async function powerOff(lab: LabFile, host: string): Promise<void> {
  const pid = neededInit(lab, host)
  const isFrozen = await freezeGroup(lab, host)
  // Unplugged before anything ends: a process that is killed says goodbye by its sockets.
  const network = namespaceOf(lab.name, 'switch')
  if (await succeeds('ip', '-n', network, 'link', 'show', host)) {
    await run('ip', '-n', network, 'link', 'del', host)
  }
  const root = `/proc/${pid}/root`
  const disks = [`${root}/var/lib/howdah`, `${root}/run/howdah-lab/system`]
  await run('perl', join(machineScripts, 'power-cut.pl'), hostFolder(lab, host), ...disks)
  process.kill(pid, 'SIGKILL')
  if (isFrozen) await thawGroup(lab, host)
  await endAll(host, () => processesOf(lab.name, host))
  await until(`the supervisor of ${host} to end`, () => {
    return keeperNamed(SUPERVISOR, hostFolder(lab, host)) === undefined
  })
  changeFaults(lab, ({ frozen }) => ({ frozen: frozen.filter((name) => name !== host) }))
}
