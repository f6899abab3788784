import type { DesiredProject } from '../../contract/desired.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import type { ManagedSpec, Note, VersionWanted } from '../../contract/project.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { ownedSettings } from '../../core/config/postgresql.ts'
import { BRANCH_BACKUPS } from '../../core/policy/branch-backups.ts'
import { BRANCH_SUSPEND_AFTER_MS } from '../../core/policy/branch-sleep.ts'
import { DEFAULT_CPUS, DEFAULT_MEMORY_BYTES, LEAST_MEMORY_BYTES } from '../../core/sizing.ts'
import { configNames, fill } from '../../core/template.ts'
import { AppError } from '../../errors/app-error.ts'
import { revealConfig } from '../config-values.ts'
import type { Dependencies } from '../dependencies.ts'

export interface ResolvedService {
  readonly desired: DesiredInstance
  readonly version: VersionWanted
  /** What the image promises. */
  readonly extensions: readonly string[]
}

/** Fills config into the managed services and seals their passwords. CONFIG_MISSING names everything that is missing. */
export async function resolveServices(
  d: Dependencies,
  { project, services }: DesiredProject,
): Promise<{ services: ResolvedService[]; notes: Note[] }> {
  const specs = Object.entries(services)
  const names = specs.flatMap(([, spec]) =>
    [spec.user, spec.database, spec.password].flatMap(configNames),
  )
  const values = await revealConfig(d, project, [...new Set(names)])
  const missing = [...new Set(names)].filter((name) => !values.has(name))
  if (missing.length > 0) {
    throw new AppError('CONFIG_MISSING', `these configs are not set: ${missing.join(', ')}`, {
      details: { missing },
    })
  }
  const notes: Note[] = []
  const resolved = specs.map(([service, spec]) => {
    const lookup = (name: string): string | undefined => values.get(name)
    notes.push(...ignoredSettings(service, spec))
    return {
      desired: desiredInstance(d, project, service, spec, lookup),
      version: spec.version,
      extensions: spec.imageExtensions,
    }
  })
  return { services: resolved, notes }
}

function desiredInstance(
  d: Dependencies,
  project: string,
  service: string,
  spec: ManagedSpec,
  lookup: (name: string) => string | undefined,
): DesiredInstance {
  const user = fill(spec.user, lookup)
  const database = fill(spec.database, lookup)
  const password = fill(spec.password, lookup)
  checkNames(spec, { user, database, password })
  const name = `credentials/${project}/${service}`
  return {
    service,
    user,
    database,
    passwordFingerprint: d.secrets.fingerprint(name, password),
    sealedPassword: d.secrets.seal(name, password),
    portWanted: spec.port,
    initdb: spec.initdb,
    initFiles: spec.initFiles,
    settings: Object.fromEntries(
      Object.entries(spec.settings).filter(([setting]) => !ownedSettings.includes(setting)),
    ),
    memoryBytes: Math.max(LEAST_MEMORY_BYTES, spec.memoryBytes ?? DEFAULT_MEMORY_BYTES),
    cpus: spec.cpus ?? DEFAULT_CPUS,
    tls: spec.tls,
    ...(spec.fromSnapshot ? { fromSnapshot: spec.fromSnapshot } : {}),
    ...backupsOf(spec),
    ...sleepOf(spec),
    ...(spec.branchOf ? { branchOf: spec.branchOf } : {}),
  }
}

/** A branch has less to lose: its parent has what it was made of. */
function backupsOf({ backups, branchOf }: ManagedSpec): Pick<DesiredInstance, 'backups'> {
  const policy = backups ?? (branchOf && BRANCH_BACKUPS)
  return policy ? { backups: policy } : {}
}

/** A branch that compose says nothing of sleeps when nobody uses it. */
function sleepOf({
  suspendAfterMs,
  branchOf,
}: ManagedSpec): Pick<DesiredInstance, 'suspendAfterMs'> {
  const afterMs = suspendAfterMs ?? (branchOf ? BRANCH_SUSPEND_AFTER_MS : 0)
  return afterMs > 0 ? { suspendAfterMs: afterMs } : {}
}

interface Names {
  readonly user: string
  readonly database: string
  readonly password: string
}

/** Postgres cuts names at 63 bytes (NAMEDATALEN) and keeps `pg_` for itself. */
function checkNames({ at }: ManagedSpec, { user, database, password }: Names): void {
  const problems: string[] = []
  for (const [key, value] of [
    ['POSTGRES_USER', user],
    ['POSTGRES_DB', database],
  ]) {
    if (value === '' || Buffer.byteLength(value ?? '') > 63) {
      problems.push(`${key} must have 1 to 63 bytes`)
    }
  }
  if (/\p{Cc}/u.test(user + database)) {
    problems.push('POSTGRES_USER and POSTGRES_DB must have no control characters')
  }
  if (user === SUPERUSER)
    problems.push(`the user name ${SUPERUSER} is Howdah's own; choose another`)
  if (user.startsWith('pg_')) problems.push('names that start with pg_ are Postgres’s own')
  if (database === 'template0' || database === 'template1') {
    problems.push(`the database ${database} is Postgres's own; choose another name`)
  }
  if (password === '') problems.push('POSTGRES_PASSWORD is empty; set it to something')
  if (problems.length === 0) return
  const where = `${at.file}:${at.line}:${at.column}`
  throw new AppError('COMPOSE_INVALID', problems.map((p) => `${where}: ${p}`).join('\n'))
}

const ignoredSettings = (service: string, spec: ManagedSpec): Note[] =>
  Object.keys(spec.settings)
    .filter((setting) => ownedSettings.includes(setting))
    .map((setting) => ({
      message: `${setting} of “${service}” is Howdah's to set and is left out`,
      at: spec.at,
    }))
