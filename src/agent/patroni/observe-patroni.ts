import { join } from 'node:path'
import type { PatroniSeen } from '../../core/patroni/converge-patroni.ts'
import type { ServerSeen } from '../../core/plan/converge-member.ts'
import { exists, readText } from '../../system/files.ts'
import { listProcesses } from '../../system/processes.ts'
import { findRunningServer } from '../../system/tools/running-server.ts'
import { readServerNote } from '../server-note.ts'
import { findPatroniProcess, type PatroniProcess } from './patroni-process.ts'
import { type PatroniDocument, patroniPlaces } from './places.ts'

/** What the machine shows of a member, before Patroni and etcd are asked. */
export interface MachineSeen extends Pick<
  PatroniSeen,
  'data' | 'foundMajor' | 'directory' | 'server' | 'strays' | 'hasRun'
> {
  readonly process: PatroniProcess | undefined
}

/** `rested`: nothing ran when it was last looked at, and nobody but us starts programs on its folder. */
export async function observeMachine(
  doc: PatroniDocument,
  { rested }: { readonly rested: boolean },
): Promise<MachineSeen> {
  const { data, note } = patroniPlaces(doc)
  const version = (await readText(join(data, 'PG_VERSION')))?.trim()
  const process = await findPatroniProcess(doc, { thoroughly: !rested })
  const server = await observeServer(doc)
  const present = version !== undefined
  const own = present && version === String(doc.engine.major)
  const isQuiet = server.state === 'stopped' && !process && !rested
  return {
    data: !present ? 'absent' : own ? 'present' : 'foreign',
    ...(present ? { foundMajor: version } : {}),
    directory: await exists(doc.directory),
    process,
    hasRun: await exists(note),
    server,
    strays: isQuiet ? straysOf(doc) : [],
  }
}

/** Whether it runs, and began with the engine that the document names. */
export function ageOf(
  doc: PatroniDocument,
  process: PatroniProcess | undefined,
): PatroniSeen['patroni'] {
  if (!process) return 'dead'
  const { binDirectory = doc.engine.binDirectory } = process
  return binDirectory === doc.engine.binDirectory ? 'alive' : 'outdated'
}

async function observeServer(doc: PatroniDocument): Promise<ServerSeen> {
  const postmaster = await findRunningServer(patroniPlaces(doc).data)
  if (!postmaster) return { state: 'stopped' }
  const { configGeneration, restartGeneration } = await readServerNote(doc)
  return { ...postmaster, configGeneration, restartGeneration }
}

/** What a dead Patroni, or a dead daemon, left working on the member's folder: told by its arguments. */
function straysOf(doc: PatroniDocument): number[] {
  return listProcesses()
    .filter(({ args }) => args.join(' ').includes(`${doc.directory}/`) && isMaker(args))
    .map(({ pid }) => pid)
}

const isMaker = ([program = '', ...args]: readonly string[]): boolean =>
  /(?:^|\/)(?:postgres|initdb|pg_ctl|pg_basebackup|pg_rewind)$/.test(program) ||
  (/(?:^|\/)pgbackrest$/.test(program) && args.some((arg) => /^restore(?::|$)/.test(arg)))
