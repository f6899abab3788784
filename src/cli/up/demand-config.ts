import { requiredConfig, type RequiredConfig } from '../../compose/required-config.ts'
import type { ProjectSpec } from '../../contract/project.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'
import { place } from '../output/note-text.ts'

/**
 * The names of the project's configs. Throws CONFIG_MISSING, with who needs what and how to set it, unless all that any
 * service needs are set.
 */
export async function demandConfig(daemon: Daemon, spec: ProjectSpec): Promise<Set<string>> {
  const entries = await daemon.api.listConfig({ project: spec.name })
  const names = new Set(entries.map(({ name }) => name))
  const error = missingConfig(spec.name, requiredConfig(spec), names)
  if (error) throw error
  return names
}

/** The error for configs that are needed and not set; undefined when all are. Pure. */
export function missingConfig(
  project: string,
  required: readonly RequiredConfig[],
  set: ReadonlySet<string>,
): AppError | undefined {
  const missing = required.filter(({ name, neededBy }) => {
    // A config named like the variable itself replaces the whole value, references and all.
    const replaced = neededBy.every(({ key }) => set.has(key))
    return !set.has(name) && !replaced
  })
  if (missing.length === 0) return undefined
  const lines = missing.map(({ name, neededBy }) => {
    const uses = neededBy.map(({ service, key, at }) => `${service}.${key} (${place(at)})`)
    return `  ${name}: needed by ${uses.join(', ')}\n    howdah config set ${setCommand(name)}`
  })
  const names = missing.map(({ name }) => name)
  return new AppError(
    'CONFIG_MISSING',
    `project ${project} needs ${names.length} config value(s) that are not set:\n${lines.join('\n')}`,
    { details: { names } },
  )
}

/** A database password is nobody's to remember, so it may as well be random. */
const setCommand = (name: string): string =>
  /^(?:POSTGRES|PG).*PASSWORD$/.test(name) ? `--random ${name}` : name
