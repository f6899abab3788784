import { existsSync, globSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../support/lab/until.ts'
import { run } from './command.ts'
import { thawGroup } from './freeze.ts'
import { abilitiesOf, removeGroups } from './groups.ts'
import { findLab, labFolder } from './lab-file.ts'
import { MOST_HOSTS, checkLabName, hostNames, namespaceOf } from './names.ts'
import { endAll, processesOfLab } from './processes.ts'

/**
 * Removes a lab, whole or what is left of one: its processes, namespaces, disks, control groups and files. It asks the
 * system for what bears the lab's name or lies in its folder, and touches nothing else. Without such a lab it does nothing.
 */
export async function down(labName: string): Promise<void> {
  const name = checkLabName(labName)
  const folder = labFolder(name)
  const hosts = hostNames(MOST_HOSTS)
  const lab = findLab(name)
  for (const host of lab?.hosts ?? []) {
    // A process that version 1's freezer holds does not even die.
    if (abilitiesOf(name, host.name).includes('freeze')) await thawGroup(lab!, host.name)
  }
  await endAll(`the processes of ${name}`, () => processesOfLab(name, folder, hosts))
  await removeNamespaces(name)
  await removeGroups(name)
  for (const place of mountsIn(folder)) await run('umount', '--lazy', place)
  await freeDisks(folder)
  rmSync(folder, { recursive: true, force: true })
}

async function removeNamespaces(labName: string): Promise<void> {
  const prefix = namespaceOf(labName, '')
  const names = existsSync('/run/netns') ? readdirSync('/run/netns') : []
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    await run('ip', 'netns', 'del', name)
  }
}

/** In this machine's own mount namespace, where a lab mounts nothing; a person may have. */
function mountsIn(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((place) => place.startsWith(`${folder}/`))
    .reverse()
}

/** The kernel gives loop devices back by itself, a moment after the last process that saw them mounted. */
async function freeDisks(folder: string): Promise<void> {
  for (const image of globSync('*/*.img', { cwd: folder })) {
    await until(`the disk ${image}`, async () => {
      return (await run('losetup', '--associated', join(folder, image))).trim() === ''
    })
  }
}
