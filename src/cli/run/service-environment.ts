import { resolveEnvironment } from '../../compose/resolve-environment.ts'
import type { ProjectSpec, ServiceSpec } from '../../contract/project.ts'
import { AppError } from '../../errors/app-error.ts'
import { libpqVariables } from '../connection/formats.ts'
import type { Flag } from '../command.ts'
import type { Context, Daemon } from '../context.ts'
import { gitStandIns, noStandIns } from './stand-ins.ts'
import { nearest } from '../nearest.ts'
import { noteText } from '../output/note-text.ts'
import { waitReady } from '../wait-ready.ts'

/** For commands that take a service's environment. */
export const gitBranchFlag = {
  type: 'toggle',
  summary: 'Use the database branch of the current Git branch (yes)',
} as const satisfies Flag

export interface ServiceEnvironment {
  readonly values: Readonly<Record<string, string>>
  /** Variables whose value is, or holds, something that compose itself does not spell out. */
  readonly secrets: ReadonlySet<string>
  /**
   * What makes libpq and Node trust our CA where the application names no other: `sslmode=verify-full` and `ssl: true` then
   * work as they are. Empty for a service that uses no instance.
   */
  readonly trust: Readonly<Record<string, string>>
}

/**
 * A service's environment as its container would see it, with config filled in and host names of managed services
 * replaced by their endpoints; a managed service's own also has libpq's PG* variables. Waits until the instances it
 * needs are ready. A branch for the current Git branch stands in for what it branches from. Throws SERVICE_NOT_FOUND, CONFIG_MISSING, INSTANCE_NOT_FOUND, INSTANCE_NOT_RUNNING.
 */
export async function serviceEnvironment(
  ctx: Context,
  daemon: Daemon,
  name: string,
  { gitBranch = true }: { gitBranch?: boolean | undefined } = {},
): Promise<ServiceEnvironment> {
  const spec = await ctx.project()
  const service = findService(spec, name)
  const config = await allConfig(daemon, spec.name)
  const instances = await Promise.all(
    (await daemon.api.listInstances({ project: spec.name })).map(async (instance) => ({
      ...instance,
      endpoint: await daemon.reach(instance),
    })),
  )
  const standIns = gitBranch ? await gitStandIns(ctx, daemon, spec, instances) : noStandIns
  const meant = (other: string): string => standIns.of.get(other)?.service ?? other
  const needed = new Set(managedNeeds(spec, service).map(meant))
  const resolved = resolveEnvironment(spec, name, {
    config: (key) => standIns.config[key] ?? config[key],
    endpoint: (other) => {
      needed.add(meant(other))
      return instances.find((instance) => instance.service === meant(other))?.endpoint
    },
  })
  if (resolved.missing.length > 0) throw missing(name, resolved.missing)
  await waitReady(daemon, spec.name, [...needed])
  for (const note of resolved.notes) ctx.terminal.warn(noteText(note))
  const secrets = Object.entries(resolved.sources)
    .filter(([, source]) => source !== 'compose')
    .map(([key]) => key)
  const own = service.managed ? await ownConnection(daemon, spec.name, meant(service.name)) : {}
  const caFile = instances.find((instance) => needed.has(instance.service))?.caFile
  return {
    trust: caFile ? { PGSSLROOTCERT: caFile, NODE_EXTRA_CA_CERTS: caFile } : {},
    values: { ...resolved.values, ...own },
    secrets: new Set([...secrets, 'PGPASSWORD', 'POSTGRES_PASSWORD']),
  }
}

/** Throws SERVICE_NOT_FOUND with the nearest name. */
export function findService(spec: ProjectSpec, name: string): ServiceSpec {
  const service = Object.hasOwn(spec.services, name) ? spec.services[name] : undefined
  if (service) return service
  const meant = nearest(name, Object.keys(spec.services))
  const guess = meant ? `; did you mean ${meant}?` : ''
  throw new AppError('SERVICE_NOT_FOUND', `project ${spec.name} has no service ${name}${guess}`)
}

function managedNeeds(spec: ProjectSpec, service: ServiceSpec): string[] {
  const needs = Object.entries(service.dependsOn)
    .filter(([, dependency]) => dependency.required)
    .map(([name]) => name)
  return [service.name, ...needs].filter((name) => spec.services[name]?.managed)
}

/** Every config value of a project, in clear. */
export async function allConfig(daemon: Daemon, project: string): Promise<Record<string, string>> {
  const entries = await daemon.api.listConfig({ project })
  if (entries.length === 0) return {}
  const names = entries.map(({ name }) => name)
  return (await daemon.api.revealConfig({ project, names })).values
}

async function ownConnection(
  daemon: Daemon,
  project: string,
  service: string,
): Promise<Record<string, string>> {
  const connection = await daemon.api.getConnection({ project, service })
  const endpoint = await daemon.reach({ ...connection, project, service })
  return libpqVariables({ ...connection, endpoint })
}

const missing = (service: string, names: readonly string[]): AppError =>
  new AppError(
    'CONFIG_MISSING',
    `service ${service} needs config that is not set: ${names.join(', ')}`,
    {
      details: { names },
      hint: names.map((name) => `\`howdah config set ${name}\``).join(', '),
    },
  )
