import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { until } from '../support/lab/until.ts'
import { abilitiesOf, neededFile } from './groups.ts'
import type { LabFile } from './lab-file.ts'
import { changeFaults } from './network.ts'

/** Stops a host as a paused virtual machine: no process of it runs, and what is sent to it is lost. */
export async function freeze(lab: LabFile, host: string): Promise<void> {
  neededFile(lab.name, host, 'freeze')
  changeFaults(lab, ({ frozen }) => ({ frozen: [...new Set([...frozen, host])] }))
  await freezeGroup(lab, host)
}

/** Lets a frozen host run on. */
export async function thaw(lab: LabFile, host: string): Promise<void> {
  await thawGroup(lab, host)
  changeFaults(lab, ({ frozen }) => ({ frozen: frozen.filter((name) => name !== host) }))
}

/** Stops all processes of a host; says whether this machine can. */
export async function freezeGroup(lab: LabFile, host: string): Promise<boolean> {
  if (!abilitiesOf(lab.name, host).includes('freeze')) return false
  await setFrozen(lab, host, true)
  return true
}

export const thawGroup = (lab: LabFile, host: string): Promise<void> => setFrozen(lab, host, false)

async function setFrozen(lab: LabFile, host: string, isFrozen: boolean): Promise<void> {
  const file = neededFile(lab.name, host, 'freeze')
  if (basename(file) === 'freezer.state') {
    writeFileSync(file, isFrozen ? 'FROZEN' : 'THAWED')
    const wanted = isFrozen ? 'FROZEN' : 'THAWED'
    await until(`${host} ${wanted}`, () => readFileSync(file, 'utf8').trim() === wanted)
    return
  }
  writeFileSync(file, isFrozen ? '1' : '0')
  const events = join(dirname(file), 'cgroup.events')
  const wanted = `frozen ${isFrozen ? '1' : '0'}`
  await until(`${host} ${wanted}`, () => readFileSync(events, 'utf8').includes(wanted))
}
