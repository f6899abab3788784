import { randomBytes } from 'node:crypto'
import { type Cut, healed } from './cuts.ts'
import { down } from './down.ts'
import { runInside, startInside } from './exec.ts'
import { type Disk, empty, fill, freeOf } from './fill.ts'
import { freeze, thaw } from './freeze.ts'
import type { LabFile } from './lab-file.ts'
import { stateOf } from './list.ts'
import { changeFaults } from './network.ts'
import { boot, powerOff, reboot } from './power.ts'
import { skew } from './skew.ts'
import { type Slowness, fast, slow } from './slow.ts'
import { type Wanted, up } from './up.ts'

export type Hosts = ReturnType<typeof hostsOf>

/**
 * Hosts of a test's own, removed at its end: `await using hosts = await openHosts({ hosts: 3, suite: 'host' })`. Without a
 * name they get one that no other lab has. Throws a Refusal where no lab can be; `obstacles()` says so beforehand.
 */
export async function openHosts(wanted: Wanted): Promise<Hosts> {
  const name = wanted.name ?? `t${randomBytes(4).toString('hex')}`
  try {
    return hostsOf(await up({ ...wanted, name }))
  } catch (error) {
    await down(name)
    throw error
  }
}

/** What can be done to a lab. A `place` is a host or `edge`. */
export function hostsOf(lab: LabFile) {
  return {
    lab,
    names: lab.hosts.map(({ name }) => name),
    state: () => stateOf(lab),

    /** Runs a command to its end, whatever its exit status. */
    run: (place: string, command: readonly string[], options?: Parameters<typeof runInside>[3]) =>
      runInside(lab, place, command, options),
    /** Starts a command that dies with this process or by `kill`. */
    start: (
      place: string,
      command: readonly string[],
      options?: Parameters<typeof startInside>[3],
    ) => startInside(lab, place, command, options),

    cut: (cut: Cut) => changeFaults(lab, ({ cuts }) => ({ cuts: [...cuts, cut] })),
    /** Everything, what touches a host, or what lies between two. */
    heal: (host?: string, other?: string) =>
      changeFaults(lab, ({ cuts }) => ({ cuts: healed(cuts, host, other) })),
    slow: (place: string, slowness: Slowness) => slow(lab, place, slowness),
    fast: (place: string) => fast(lab, place),
    freeze: (host: string) => freeze(lab, host),
    thaw: (host: string) => thaw(lab, host),
    powerOff: (host: string) => powerOff(lab, host),
    boot: (host: string) => boot(lab, host),
    reboot: (host: string) => reboot(lab, host),
    fill: (host: string, leaveBytes: number, disk?: Disk) => fill(lab, host, leaveBytes, disk),
    empty: (host: string, disk?: Disk) => empty(lab, host, disk),
    freeBytes: (host: string, disk?: Disk) => freeOf(lab, host, disk),
    skew: (host: string, byMs: number | undefined) => skew(lab, host, byMs),

    async [Symbol.asyncDispose]() {
      await down(lab.name)
    },
  }
}
