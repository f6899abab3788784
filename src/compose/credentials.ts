import type { Location, Template } from '../contract/project.ts'
import { parsePort } from './amounts.ts'
import type { Environment, EnvironmentContext } from './environment.ts'
import { shown } from './files.ts'
import type { GrantedFile, Origin } from './granted-files.ts'
import { normalise } from './path.ts'
import { withoutConfig } from './template.ts'
import { configNames } from './tree.ts'

export interface Given {
  readonly value: Template
  readonly at: Location
}

interface Source {
  readonly environment: Environment
  readonly files: readonly GrantedFile[]
  readonly context: EnvironmentContext
}

/**
 * A variable of the database service, or the content of the file that its `…_FILE` twin names; not both.
 * `unreadable` when it is set in a way that is already a problem.
 */
export function variableOrFile(name: string, source: Source): Given | 'unreadable' | undefined {
  const direct = source.environment.get(name)
  const file = source.environment.get(`${name}_FILE`)
  const hasFile = file !== undefined && file.value.length > 0
  if (direct && hasFile) {
    source.context.findings.problem(
      file.at,
      `both ${name} and ${name}_FILE are set (but are exclusive); remove one of them.`,
    )
    return 'unreadable'
  }
  return hasFile ? contentOf(`${name}_FILE`, file, source) : direct
}

function contentOf(name: string, { value, at }: Given, { files, context }: Source) {
  const { findings } = context
  if (configNames(value).length > 0) {
    findings.problem(
      at,
      `${name} must be written out: it names a file and cannot come from config.`,
    )
    return 'unreadable' as const
  }
  const path = normalise(withoutConfig(value))
  const origin = originAt(path, files)
  if (!origin) {
    findings.problem(
      at,
      `${name}: nothing is at ${path}. Grant it: \`secrets: [NAME]\` puts a secret at /run/secrets/NAME.`,
    )
    return 'unreadable' as const
  }
  if (origin.kind === 'broken') return 'unreadable' as const
  if (origin.kind === 'content') return { value: origin.content, at }
  const text = context.readFile(origin.path)
  if (text === undefined) {
    findings.problem(at, `${name}: there is no file ${shown(origin.path, context)}; create it.`)
    return 'unreadable' as const
  }
  // As `$(< file)` in the official image: newlines at the end do not belong to the value.
  const content = text.replace(/(?:\r?\n)+$/, '')
  return { value: content === '' ? [] : [content], at }
}

/** What is at a path in the container: a granted file, or a file in a mounted folder. */
function originAt(path: string, files: readonly GrantedFile[]): Origin | undefined {
  const granted = files.find((file) => file.target === path)
  if (granted) return granted.from
  for (const { target, from } of files) {
    if (from.kind !== 'path' || !path.startsWith(`${target}/`)) continue
    return { kind: 'path', path: `${from.path}${path.slice(target.length)}` }
  }
  return undefined
}

/** The text of a variable that must be known now; a problem when it is config. */
export function knownText(
  name: string,
  given: Given | 'unreadable' | undefined,
  context: EnvironmentContext,
): string | undefined {
  if (!given || given === 'unreadable') return undefined
  if (configNames(given.value).length > 0) {
    context.findings.problem(
      given.at,
      `${name} shapes the server and cannot come from config; write its value here or in .env.`,
    )
    return undefined
  }
  return withoutConfig(given.value)
}

/** PGPORT of the database service, else 5432. */
export function portOf(environment: Environment, context: EnvironmentContext): number {
  const given = environment.get('PGPORT')
  const text = knownText('PGPORT', given, context)
  if (!given || !text) return 5432
  const port = parsePort(text)
  if (port === undefined) {
    context.findings.problem(given.at, `invalid port number "${text}": PGPORT is 1 to 65535.`)
  }
  return port ?? 5432
}
