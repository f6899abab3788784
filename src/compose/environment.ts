import type { Location, Template } from '../contract/project.ts'
import { parseEnvFile, parseRawEnvFile } from './dotenv.ts'
import { booleanAt, scalarAt } from './fields.ts'
import { shown, type Surroundings } from './files.ts'
import { resolvePath } from './path.ts'
import type { Lookup } from './template.ts'
import { child, configNames, type Mapping, type Node } from './tree.ts'

export interface Variable {
  readonly value: Template
  readonly at: Location
  /** Whether the compose file itself spells the value out, with nothing put in from elsewhere. */
  readonly spelledOut: boolean
}

export type Environment = ReadonlyMap<string, Variable>

export interface EnvironmentContext extends Surroundings {
  readonly lookup: Lookup
}

/** The contract's ConfigName. */
const configName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/** A service's variables: those of its env files in order, and over them its own `environment`. */
export function readEnvironment(service: Mapping, context: EnvironmentContext): Environment {
  const environment = new Map<string, Variable>()
  const files = child(service, 'env_file')
  for (const item of files?.kind === 'list' ? files.items : files ? [files] : []) {
    readEnvFile(item, environment, context)
  }
  const own = child(service, 'environment')
  if (own && own.kind !== 'mapping') {
    context.findings.problem(own.at, '`environment` is a mapping or a list of KEY=value.')
  } else {
    for (const [name, { at, value }] of own?.entries ?? []) {
      if (value.kind !== 'scalar') {
        context.findings.problem(value.at, `${name} must be one value, not a ${value.kind}.`)
      } else if (value.type === 'null') set(environment, name, null, at, false, context)
      else set(environment, name, value.template, at, !value.interpolated, context)
    }
  }
  return environment
}

/** A name without a value takes the shell's or env file's value, and is config when there is none. */
function set(
  environment: Map<string, Variable>,
  name: string,
  value: Template | null,
  at: Location,
  spelledOut: boolean,
  { lookup, findings }: EnvironmentContext,
): void {
  if (value !== null) {
    environment.set(name, { value, at, spelledOut })
    return
  }
  const passed = lookup(name)
  if (passed === undefined && !configName.test(name)) {
    findings.problem(
      at,
      `"${name}" has no value and cannot name a config (letters, digits and "_", at most 64); give it a value.`,
    )
    return
  }
  const found = passed === undefined ? [{ config: name }] : passed === '' ? [] : [passed]
  environment.set(name, { value: found, at, spelledOut: false })
}

function readEnvFile(
  item: Node,
  environment: Map<string, Variable>,
  context: EnvironmentContext,
): void {
  const { findings } = context
  const path = item.kind === 'scalar' ? item : scalarAt(item, 'path', findings)
  if (!path || path.text === '') {
    findings.problem(item.at, '`env_file` names a file: a path, or {path: …, required: false}.')
    return
  }
  const required = booleanAt(item, 'required', findings) ?? true
  const format = scalarAt(item, 'format', findings)?.text
  const absolute = resolvePath(path.base, path.text)
  const shownAs = shown(absolute, context)
  const text = context.readFile(absolute)
  if (text === undefined) {
    if (required && configNames(path.template).length === 0) {
      findings.problem(
        path.at,
        `there is no env file ${shownAs}; create it, or write {path: ${path.text}, required: false}.`,
      )
    }
    return
  }
  const entries =
    format === 'raw'
      ? parseRawEnvFile({ text, shownAs })
      : parseEnvFile({ text, shownAs }, context.lookup, findings)
  for (const [name, { value, at }] of entries) set(environment, name, value, at, false, context)
}
