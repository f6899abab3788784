import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InstanceDocument } from '../../../src/contract/documents/instance.ts'
import { LineageDocument } from '../../../src/contract/documents/lineage.ts'
import type { Lab } from '../lab-home.ts'
import { type Stored, under } from './stored.ts'

/**
 * What is wrong with the backup histories of a home in which no operation is under way: folders and documents that do not belong
 * together, half-made backups, histories that the wrong instance writes, copies that nobody took.
 */
export function lineageFaults(lab: Lab, stored: Stored): string[] {
  const lineages = all(stored, 'lineages', (value) => LineageDocument.parse(value))
  const instances = all(stored, 'instances', (value) => InstanceDocument.parse(value))
  const faults: string[] = []
  const here = lineages.filter(({ id, directory }) => directory === join(lab.home, 'lineages', id))
  const unknown = names(lab.home, 'lineages').filter((id) => !here.some((l) => l.id === id))
  faults.push(...unknown.map((id) => `lineages/${id} is a folder of no lineage`))
  for (const lineage of here) {
    faults.push(...writerFaults(lineage, instances), ...folderFaults(lineage, stored))
  }
  for (const { project, service, lineage } of instances) {
    const isKnown = lineages.some(({ id }) => id === lineage)
    if (!isKnown) faults.push(`${project}/${service} writes the lineage ${lineage}, which is none`)
  }
  const ids = lineages.map(({ id }) => id)
  for (const kind of ['archives', 'backups', 'drills']) {
    const strays = under(stored, kind).filter((key) => !ids.includes(key.split('/')[0] ?? ''))
    faults.push(...strays.map((key) => `${kind}/${key} belongs to no lineage`))
  }
  const copies = names(lab.home, 'instances', '.copies')
  faults.push(...copies.map((name) => `the copy ${name} was left`))
  const scripts = instances.flatMap(({ branch }) => [branch?.mask, branch?.seed])
  const stray = under(stored, 'scripts').filter((id) => !scripts.includes(id))
  return [...faults, ...stray.map((id) => `the script ${id} belongs to no branch`)]
}

function writerFaults(
  { id, closedAt, instanceId }: LineageDocument,
  instances: readonly InstanceDocument[],
): string[] {
  const writers = instances.filter((i) => i.lineage === id).map((i) => i.id)
  const expected = closedAt === undefined ? [instanceId] : []
  if (writers.join() === expected.join()) return []
  return [
    `the lineage ${id} (${closedAt ? 'closed' : 'open'}) is written by ${writers.join() || 'nobody'}`,
  ]
}

/** Of the copy engine, whose files are ours. */
function folderFaults(lineage: LineageDocument, stored: Stored): string[] {
  const { id, engine, directory } = lineage
  if (engine !== 'copy') return []
  const faults: string[] = []
  const description = join(directory, 'lineage.json')
  const described = existsSync(description) ? readFileSync(description, 'utf8') : 'null'
  const other = LineageDocument.safeParse(JSON.parse(described)).data
  if (JSON.stringify(other) !== JSON.stringify(lineage)) {
    faults.push(`${description} says otherwise than the document of ${id}: ${described}`)
  }
  const bases = names(directory, 'bases').sort()
  const known = under(stored, `backups/${id}`).sort()
  if (bases.join() !== known.join()) {
    faults.push(`the lineage ${id} has the bases ${bases.join()} and knows ${known.join()}`)
  }
  for (const base of bases) {
    const has = names(directory, 'bases', base).sort().join()
    if (has !== 'backup.json,backup_manifest,data') faults.push(`the base ${base} has ${has}`)
  }
  return faults
}

const all = <T>(stored: Stored, prefix: string, parse: (value: unknown) => T): T[] =>
  under(stored, prefix).map((key) => parse(stored.get(`${prefix}/${key}`)))

function names(...path: string[]): string[] {
  const folder = join(...path)
  return existsSync(folder) ? readdirSync(folder) : []
}
