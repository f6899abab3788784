import { freeOf } from './fill.ts'
import { abilitiesOf } from './groups.ts'
import { type LabFile, labNames, findLab } from './lab-file.ts'
import type { Cut } from './cuts.ts'
import { readFaults } from './network.ts'
import { initOf, isUp } from './processes.ts'
import { isSlow } from './slow.ts'

export interface HostState {
  readonly name: string
  readonly address: string
  readonly zone?: string | undefined
  readonly state: 'up' | 'booting' | 'frozen' | 'off'
  /** Its init, by the number that it has on this machine. */
  readonly pid?: number | undefined
  /** Of /var/lib/howdah. */
  readonly freeBytes?: number | undefined
  readonly isSlow: boolean
  /** What this machine cannot do for it: freeze it, bound its memory, limit its disks. */
  readonly cannot: readonly string[]
}

export interface LabState {
  readonly name: string
  readonly folder: string
  readonly suite: string
  readonly hosts: readonly HostState[]
  readonly cuts: readonly Cut[]
}

/** Every lab of this folder as it is now. */
export function listLabs(): LabState[] {
  return labNames().flatMap((name) => {
    const lab = findLab(name)
    return lab ? [stateOf(lab)] : [{ name, folder: '', suite: 'unfinished', hosts: [], cuts: [] }]
  })
}

export function stateOf(lab: LabFile): LabState {
  const { cuts, frozen } = readFaults(lab)
  const hosts = lab.hosts.map((host): HostState => {
    const pid = initOf(lab, host.name)
    const running = pid !== undefined && isUp(lab, host.name) ? 'up' : 'booting'
    const able = abilitiesOf(lab.name, host.name)
    return {
      ...host,
      state: pid === undefined ? 'off' : frozen.includes(host.name) ? 'frozen' : running,
      pid,
      freeBytes: freeOrUnknown(lab, host.name),
      isSlow: isSlow(lab, host.name),
      cannot: (['freeze', 'memory', 'disk'] as const).filter((ability) => !able.includes(ability)),
    }
  })
  return { name: lab.name, folder: lab.folder, suite: lab.suite, hosts, cuts }
}

function freeOrUnknown(lab: LabFile, host: string): number | undefined {
  try {
    return freeOf(lab, host)
  } catch {
    return undefined // it is off, or went off while it was looked at
  }
}
