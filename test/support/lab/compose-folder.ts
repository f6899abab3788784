import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CommandResult, Lab } from '../lab-home.ts'
import { NEWER } from './engines.ts'

/** A folder in the lab with these files, by path; gives its path. */
export async function composeFolder(
  lab: Lab,
  name: string,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<string> {
  const folder = join(lab.root, name)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

/** A compose file with one managed service `db`; `more` are further lines of the service, without indentation. */
export const composeText = (
  more: readonly string[] = [],
  environment: readonly string[] = [],
): string =>
  [
    'name: shop',
    'services:',
    '  db:',
    `    image: postgres:${NEWER.major}.${NEWER.minor}`,
    '    x-howdah-postgres: { memory: 64mb }',
    '    environment:',
    ...['POSTGRES_USER: app', 'POSTGRES_DB: app', 'POSTGRES_PASSWORD: secret', ...environment].map(
      (line) => `      ${line}`,
    ),
    ...more.map((line) => `    ${line}`),
    '',
  ].join('\n')

export interface Told {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** The error that a command with --json told. A command that succeeded or told none is an Error. */
export function errorOf({ status, stdout, stderr }: CommandResult): Told {
  if (status === 0) throw new Error(`the command succeeded:\n${stdout}${stderr}`)
  try {
    // `daemon run` writes its log before it, a line each.
    const start = Math.max(0, stdout.lastIndexOf('\n{\n'))
    return (JSON.parse(stdout.slice(start)) as { error: Told }).error
  } catch (cause) {
    throw new Error(`no error as JSON (status ${status}):\n${stdout}${stderr}`, { cause })
  }
}
