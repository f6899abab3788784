import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labsFolder } from './names.ts'
import { Refusal } from './refusal.ts'

export const suites = ['trixie', 'bookworm', 'forky', 'host'] as const
/** A Debian release, or `host`: this machine's own root file system, read-only beneath each host's. */
export type Suite = (typeof suites)[number]

export interface HostRecord {
  readonly name: string
  readonly address: string
  readonly zone: string | undefined
}

/** What a lab was asked to be. What it is, the kernel is asked. */
export interface LabFile {
  readonly name: string
  /** Holds everything that the lab writes. */
  readonly folder: string
  readonly suite: Suite
  readonly filesystem: 'ext4' | 'xfs'
  readonly diskBytes: number
  readonly memoryBytes: number
  /** The Howdah that hosts see at /opt/howdah, read-only. */
  readonly checkout: string
  readonly hosts: readonly HostRecord[]
}

const FILE = 'lab.json'

/** The folder of a lab, which may not exist. */
export const labFolder = (name: string): string => join(labsFolder(), name)

export const hostFolder = (lab: LabFile, host: string): string => join(lab.folder, host)

/** A lab's file, or undefined where there is none or a crash left a folder without. */
export function findLab(name: string): LabFile | undefined {
  const file = join(labFolder(name), FILE)
  if (!existsSync(file)) return undefined
  const lab = JSON.parse(readFileSync(file, 'utf8')) as LabFile
  // HOWDAH_LAB may have been moved or be a link: what is here is what counts.
  return { ...lab, folder: labFolder(name) }
}

/** A lab that is up or was; throws a Refusal that says how to make one. */
export function readLab(name: string): LabFile {
  const lab = findLab(name)
  if (lab) return lab
  throw new Refusal(`there is no lab ${name} in ${labsFolder()}: \`npm run lab -- up 3\` makes one`)
}

export function writeLab(lab: LabFile): void {
  const file = join(lab.folder, FILE)
  writeFileSync(`${file}.part`, `${JSON.stringify(lab, undefined, 2)}\n`)
  renameSync(`${file}.part`, file)
}

/** The names of the labs that have a folder, whole or not. */
export function labNames(): string[] {
  if (!existsSync(labsFolder())) return []
  const entries = readdirSync(labsFolder(), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** Throws a Refusal when the lab has no such host. */
export function hostOf(lab: LabFile, name: string): HostRecord {
  const host = lab.hosts.find((candidate) => candidate.name === name)
  if (host) return host
  const known = lab.hosts.map((candidate) => candidate.name).join(', ')
  throw new Refusal(`lab ${lab.name} has no host ${name}; it has ${known}`)
}
