import type { ProjectSpec, ServiceSpec } from '../contract/project.ts'
import { checkBranches } from './branch-of.ts'
import { checkKeys } from './check-keys.ts'
import { checkDependencyCircles } from './dependency-circles.ts'
import { readDependencies } from './depends-on.ts'
import { readEnvironment, type EnvironmentContext } from './environment.ts'
import { readExtension } from './extension.ts'
import { Findings } from './findings.ts'
import { shown, type ComposeText, type Surroundings } from './files.ts'
import { interpolateScalar } from './interpolate.ts'
import { loadFiles } from './load.ts'
import { readManaged } from './managed.ts'
import { parseYaml } from './parse-yaml.ts'
import { activeProfiles, isActive } from './profiles.ts'
import { readProjectMode } from './project-mode.ts'
import { projectName } from './project-name.ts'
import type { Lookup } from './template.ts'
import { child, type Entry, type Mapping } from './tree.ts'
import { noteUnmanaged } from './unmanaged.ts'
import { checkUnresolved } from './unresolved.ts'
import { readVariables } from './variables.ts'

export interface ReadInput {
  /** The compose files that were chosen, in the order in which they merge. */
  readonly files: readonly ComposeText[]
  /** Absolute folder of the project. */
  readonly directory: string
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string>>
  /** `.env`, or the files of --env-file, in order. */
  readonly envFiles: readonly ComposeText[]
  readonly profiles: readonly string[]
  /** From `-p`. */
  readonly projectName?: string
  readonly readFile: Surroundings['readFile']
  readonly listDirectory: Surroundings['listDirectory']
}

/** Reads a project as Docker Compose does. Throws COMPOSE_INVALID with every problem, each `file:line:column: …`. */
export function readProject(input: ReadInput): ProjectSpec {
  const findings = new Findings()
  const { directory, readFile, listDirectory } = input
  const surroundings: Surroundings = { directory, readFile, listDirectory, findings }
  const variables = readVariables(input.envFiles, input.environment, surroundings)
  const written = writtenName(input, surroundings)
  // A file that cannot be read hides what it says, and then nothing else that is found can be trusted.
  findings.throwIfAny()
  const name = nameOf(input, written, surroundings, variables)
  const lookup: Lookup = (key) => (key === 'COMPOSE_PROJECT_NAME' ? name : variables(key))
  const root = loadFiles(input.files, { ...surroundings, lookup, base: directory })
  if (!root) findings.throwIfAny()
  const mode = root && readProjectMode(root, findings)
  const services = root ? readServices(root, input, { ...surroundings, lookup }) : {}
  findings.throwIfAny()
  const files = input.files.map(({ path }) => path)
  return { name, directory, files, services, ...(mode ? { mode } : {}), notes: findings.notes }
}

/** The top-level `name` of the last file that has one; on the way every file is found to be YAML or not. */
function writtenName(input: ReadInput, surroundings: Surroundings): Entry | undefined {
  let written: Entry | undefined
  for (const { path, text } of input.files) {
    const file = { text, shownAs: shown(path, surroundings), base: surroundings.directory }
    written = parseYaml(file, surroundings.findings)?.entries.get('name') ?? written
  }
  return written
}

function nameOf(
  input: ReadInput,
  written: Entry | undefined,
  surroundings: Surroundings,
  lookup: Lookup,
): string {
  const { findings, directory } = surroundings
  const scalar = written?.value.kind === 'scalar' ? written.value : undefined
  const sources = {
    flag: input.projectName,
    lookup,
    written: scalar && interpolateScalar(scalar, lookup, findings),
    directory,
    file: input.files[0] ? shown(input.files[0].path, surroundings) : 'compose.yaml',
  }
  return projectName(sources, findings)
}

function readServices(root: Mapping, input: ReadInput, context: EnvironmentContext) {
  checkKeys(root, context.findings)
  const section = child(root, 'services')
  const all = new Map<string, Mapping>()
  for (const [name, { value }] of section?.kind === 'mapping' ? section.entries : []) {
    if (value.kind === 'mapping') all.set(name, value)
  }
  const profiles = activeProfiles(input.profiles, context.lookup)
  const active = new Map([...all].filter(([, service]) => isActive(service, profiles)))
  const services: Record<string, ServiceSpec> = {}
  for (const name of active.keys()) {
    services[name] = readService(name, { all, active }, root, context)
  }
  checkDependencyCircles(services, context.findings)
  checkBranches(all, services, context.findings)
  checkUnresolved(root, active, services, context.findings)
  return services
}

function readService(
  name: string,
  known: Parameters<typeof readDependencies>[2],
  root: Mapping,
  context: EnvironmentContext,
): ServiceSpec {
  const { findings } = context
  const service = known.active.get(name)!
  const at = child(root, 'services')
  const place = at?.kind === 'mapping' ? at.entries.get(name)!.at : service.at
  const environment = readEnvironment(service, context)
  const extension = readExtension(name, service, findings)
  const plain: ServiceSpec = {
    name,
    environment: Object.fromEntries([...environment].map(([key, { value }]) => [key, value])),
    dependsOn: readDependencies(name, service, known, findings),
    at: place,
  }
  if (extension === 'off' || extension === 'absent') {
    noteUnmanaged(name, service, place, extension, findings)
    return plain
  }
  if (service.incomplete) return plain
  const managed = { name, at: place, service, environment, extension }
  return { ...plain, managed: readManaged(managed, root, context) }
}
