import type { Location, ManagedSpec } from '../contract/project.ts'
import { readAccount } from './account.ts'
import { noteContainerParts } from './container-notes.ts'
import { knownText, portOf, variableOrFile } from './credentials.ts'
import type { Environment, EnvironmentContext } from './environment.ts'
import type { Extension } from './extension.ts'
import { isUnresolved, scalarAt } from './fields.ts'
import type { Findings } from './findings.ts'
import { grantedFiles } from './granted-files.ts'
import { readHealthcheck } from './healthcheck.ts'
import { readImage } from './image.ts'
import { readInitFiles } from './init-files.ts'
import { readInitdbArguments, type InitdbArguments } from './initdb-arguments.ts'
import { readResources } from './resources.ts'
import { readServerCommand } from './server-command.ts'
import { child, type Mapping } from './tree.ts'

const MIB = 1024 * 1024
/** WAL files that may wait: one that is just archived, and those that a burst of writing ends meanwhile. */
const FEWEST_WAITING = 4

export interface ManagedService {
  readonly name: string
  readonly at: Location
  readonly service: Mapping
  readonly environment: Environment
  readonly extension: Extension
}

/** Everything that compose says of one managed Postgres. `root` is the whole merged file, for its top-level secrets. */
export function readManaged(
  managed: ManagedService,
  root: Mapping,
  context: EnvironmentContext,
): ManagedSpec {
  const { name, at, service, environment, extension } = managed
  const { findings } = context
  const files = grantedFiles(service, root, context)
  const account = readAccount({ name, at, environment, files, context })
  const port = portOf(environment, context)
  const initdb = readInitdb(managed, { environment, files, context })
  const resources = readResources(service, findings)
  const command = readServerCommand(service, findings)
  const healthcheck = readHealthcheck(service, findings)
  expectRoomForWal(managed, initdb.options, findings)
  noteContainerParts(name, service, environment, port, findings)
  const { memoryBytes = resources.memoryBytes, cpus = resources.cpus } = extension
  return {
    ...imageOf(managed, context),
    ...account,
    port,
    initdb: initdb.options,
    initFiles: readInitFiles(files, context),
    settings: { ...initdb.settings, ...command, ...extension.settings },
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(healthcheck ? { healthcheck } : {}),
    allowDowntime: extension.allowDowntime,
    ...(extension.fromSnapshot === undefined ? {} : { fromSnapshot: extension.fromSnapshot }),
    ...(extension.backups ? { backups: extension.backups } : {}),
    ...(extension.suspendAfterMs === undefined ? {} : { suspendAfterMs: extension.suspendAfterMs }),
    ...(extension.branchOf ? { branchOf: extension.branchOf } : {}),
    tls: extension.tls,
    at,
  }
}

/** WAL in larger files than usual: of what may wait of it, a few must fit. */
function expectRoomForWal(
  { service, extension }: ManagedService,
  { walSegmentSizeMib = 0 }: InitdbArguments['options'],
  findings: Findings,
): void {
  const leastMib = FEWEST_WAITING * walSegmentSizeMib
  const backlog = child(service, 'x-howdah-postgres', 'backups', 'backlog')
  if (!backlog || !extension.backups || extension.backups.backlogBytes >= leastMib * MIB) return
  findings.problem(
    backlog.at,
    `\`backlog\` is ${leastMib}MB at least here: --wal-segsize=${walSegmentSizeMib} makes WAL files of ${walSegmentSizeMib} MB, and ${FEWEST_WAITING} must be able to wait.`,
  )
}

function imageOf(
  { name, at, service, extension }: ManagedService,
  { findings }: EnvironmentContext,
) {
  const image = scalarAt(service, 'image', findings)
  const nothing = { image: '', version: {}, imageExtensions: [...extension.extensions] }
  if (image && isUnresolved(image)) return nothing
  if (!image || image.text === '') {
    findings.problem(
      image?.at ?? at,
      `service "${name}" needs an image that tells the Postgres version, such as \`image: postgres:16\`.`,
    )
    return nothing
  }
  const read = readImage(image.text)
  const { version } = extension
  const tells = read.kind === 'postgres' || (version !== undefined && read.kind !== 'malformed')
  if (!tells) findings.problem(image.at, read.why)
  const promised = 'extensions' in read ? read.extensions : []
  return {
    image: image.text,
    version: version ?? (read.kind === 'postgres' ? read.version : {}),
    imageExtensions: [...new Set([...promised, ...extension.extensions])],
  }
}

function readInitdb(
  { at }: ManagedService,
  source: Parameters<typeof variableOrFile>[1],
): InitdbArguments {
  const given = variableOrFile('POSTGRES_INITDB_ARGS', source)
  const text = knownText('POSTGRES_INITDB_ARGS', given, source.context)
  if (!text) return { options: {}, settings: {} }
  const place = given && given !== 'unreadable' ? given.at : at
  return readInitdbArguments(text, place, source.context.findings)
}
