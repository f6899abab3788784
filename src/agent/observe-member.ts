import { join } from 'node:path'
import type { MemberDocument } from '../contract/documents/member.ts'
import type { MemberSeen, ServerSeen } from '../core/plan/converge-member.ts'
import { exists, readText } from '../system/files.ts'
import { listProcesses } from '../system/processes.ts'
import { findRunningServer } from '../system/tools/running-server.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'
import { filesAreCurrent } from './member-files.ts'
import { readServerNote } from './server-note.ts'

/** What we know ourselves. */
export interface Known {
  /** What is at its endpoint in its place. */
  readonly door: MemberSeen['door']
  /** It rested when it was last looked at: nobody but us starts programs on its folder, and we have not. */
  readonly rested: boolean
}

/** Asks the machine about a member. */
export async function observeMember(
  doc: MemberDocument,
  env: AgentEnvironment,
  { door, rested }: Known,
): Promise<MemberSeen> {
  const { data } = layout(doc)
  const version = (await readText(join(data, 'PG_VERSION')))?.trim()
  const server = await observeServer(doc)
  const present = version !== undefined
  const own = present && version === String(doc.engine.major)
  return {
    data: !present ? 'absent' : own ? 'present' : 'foreign',
    ...(present ? { foundMajor: version } : {}),
    directory: await exists(doc.directory),
    filesCurrent: present && (await filesAreCurrent(doc, env)),
    server,
    // Looking through all of a machine's processes is most of the time that a sleeper needs to wake.
    strays: server.state === 'stopped' && !rested ? straysOf(doc) : [],
    door,
  }
}

async function observeServer(doc: MemberDocument): Promise<ServerSeen> {
  const postmaster = await findRunningServer(layout(doc).data)
  if (!postmaster) return { state: 'stopped' }
  const { configGeneration, restartGeneration } = await readServerNote(doc)
  return { ...postmaster, configGeneration, restartGeneration }
}

/**
 * Programs started for this member's folder that are not its server, told by their arguments: an initdb that outlived
 * its daemon, a server that died before it wrote its pid file. Backends of a dead server change their title and end by
 * themselves.
 */
function straysOf(doc: MemberDocument): number[] {
  // Joined, because macOS gives the line split at spaces, and its data folder has one.
  const inFolder = (args: readonly string[]): boolean =>
    args.join(' ').includes(`${doc.directory}/`)
  return listProcesses()
    .filter((p) => p.pid !== process.pid && inFolder(p.args))
    .filter(({ args }) => isMaker(args))
    .map((p) => p.pid)
}

/** An archive-push of pgBackRest names the folder too, and may outlive its server: it writes elsewhere. */
const isMaker = ([program = '', ...args]: readonly string[]): boolean =>
  /(?:^|\/)(?:postgres|initdb|pg_ctl)$/.test(program) ||
  (/(?:^|\/)pgbackrest$/.test(program) && args.some((arg) => /^restore(?::|$)/.test(arg)))
