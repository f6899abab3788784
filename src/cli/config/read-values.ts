import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnvFile } from '../../compose/dotenv.ts'
import { Findings } from '../../compose/findings.ts'
import { withoutConfig } from '../../compose/template.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context, Source } from '../context.ts'
import { askSecret } from '../prompt.ts'
import { checkedName, type ConfigSource } from './parse-config-set.ts'
import { randomValue } from './random-value.ts'

/** The values that a source names. Throws USAGE when one of them is not there, or is empty where that is a mishap. */
export async function readValues(
  ctx: Context,
  source: ConfigSource,
): Promise<Readonly<Record<string, string>>> {
  switch (source.kind) {
    case 'values':
      return source.values
    case 'random':
      return Object.fromEntries(source.names.map((name) => [name, randomValue()]))
    case 'environment':
      return Object.fromEntries(source.names.map((name) => [name, fromEnvironment(ctx, name)]))
    case 'env-file':
      return fromEnvFile(ctx, source.file, source.names)
    case 'file':
      return { [source.name]: withoutLineEnd(readText(ctx, source.file)) }
    case 'stdin':
      return { [source.name]: await fromStdin(ctx.stdin, source.name) }
    case 'ask':
      break
  }
  return { [source.name]: await ask(ctx, source.name) }
}

function fromEnvironment(ctx: Context, name: string): string {
  const value = ctx.env[name]
  if (value === undefined) throw new AppError('USAGE', `environment variable "${name}" not found`)
  return value
}

function fromEnvFile(ctx: Context, file: string, names: readonly string[]): Record<string, string> {
  const findings = new Findings()
  const lookup = (name: string): string | undefined => ctx.env[name]
  const parsed = parseEnvFile({ text: readText(ctx, file), shownAs: file }, lookup, findings)
  findings.throwIfAny()
  const wanted = names.length > 0 ? names : [...parsed.keys()].map(checkedName)
  if (wanted.length === 0) throw new AppError('USAGE', `no config found in env file ${file}`)
  return Object.fromEntries(
    wanted.map((name) => {
      const value = parsed.get(name)?.value
      if (value) return [name, withoutConfig(value)]
      throw new AppError('USAGE', `config "${name}" not found in env file ${file}`)
    }),
  )
}

function readText(ctx: Context, file: string): string {
  try {
    return readFileSync(resolve(ctx.directory, file), 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('USAGE', `cannot read ${file}: ${why}`, {
      cause,
      hint: 'The second word is a file with the value; to set several, give NAME=VALUE for each.',
    })
  }
}

async function ask(ctx: Context, name: string): Promise<string> {
  if (!ctx.interactive) return fromStdin(ctx.stdin, name)
  return notEmpty(
    name,
    await askSecret(ctx, { message: `Enter value for "${name}":`, flag: `${name}=VALUE` }),
  )
}

async function fromStdin(stdin: Source, name: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return notEmpty(name, withoutLineEnd(Buffer.concat(chunks).toString('utf8')))
}

/** An empty stdin is nearly always a command before the pipe that failed. */
function notEmpty(name: string, value: string): string {
  if (value !== '') return value
  throw new AppError('USAGE', `the value for ${name} is empty`, {
    hint: `To store the empty string, say so: \`howdah config set ${name}=\`.`,
  })
}

const withoutLineEnd = (text: string): string => text.replace(/[\r\n]+$/, '')
