import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { splitLeading } from '../src/cli/leading.ts'
import { parseCommandLine } from '../src/cli/parse.ts'
import { findCommand } from '../src/cli/program.ts'
import * as keys from '../src/compose/keys.ts'
import { readMemoryProject } from '../src/compose/memory-project.ts'
import { ownedSettings } from '../src/core/config/postgresql.ts'
import { AppError } from '../src/errors/app-error.ts'
import {
  anchorsOf,
  commandLinesOf,
  fencesOf,
  linksOf,
  writtenDocuments,
} from './support/documents.ts'

const root = join(import.meta.dirname, '..')
const documents = writtenDocuments()
const compose = documents.get('docs/compose.md') ?? ''

/** What examples of docs/compose.md mount or name. */
const exampleFiles = { 'initdb/01-schema.sql': 'select 1;', 'db_password.txt': 'secret\n' }

function problemsOf(text: string): string {
  try {
    readMemoryProject({ files: { ...exampleFiles, 'compose.yaml': text } })
    return ''
  } catch (error) {
    return AppError.from(error).message
  }
}

describe.each([...documents])('%s', (path, text) => {
  test('every relative link leads to a file, and to a heading of it', () => {
    const broken = linksOf(text).filter(({ path: target, heading }) => {
      const file = target === '' ? join(root, path) : join(root, dirname(path), target)
      if (!existsSync(file)) return true
      return heading !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(heading)
    })
    expect(broken).toEqual([])
  })

  test('every command line names a command that exists, with flags and arguments that it takes', async () => {
    const wrong: string[] = []
    for (const line of new Set(commandLinesOf(text))) {
      const complaint = await complaintOf(line)
      if (complaint !== undefined) wrong.push(`howdah ${line}: ${complaint}`)
    }
    expect(wrong).toEqual([])
  })
})

/** What the command line would say of these words; undefined when it takes them. */
async function complaintOf(line: string): Promise<string | undefined> {
  const { leading, rest } = splitLeading(line.split(/\s+/))
  if (rest[0] === 'help' || rest[0]?.startsWith('--')) return undefined
  try {
    const found = findCommand(rest)
    // A command may be named without what it needs: “`howdah run` passes signals on”.
    if (found.kind === 'command' && found.rest.length > 0) {
      parseCommandLine(await found.entry.load(), leading, found.rest)
    }
    return undefined
  } catch (error) {
    return AppError.from(error).message
  }
}

test.each(['x-howdah-postgres', 'x-defang-postgres'])(
  'docs/compose.md has every option of %s',
  (extension) => {
    const said = problemsOf(`services: {db: {image: "postgres:16", ${extension}: {qqqqqqqq: 1}}}`)
    const options = /It has: (.*)\.$/m.exec(said)?.[1]?.split(', ') ?? []
    expect(options.length).toBeGreaterThan(1)
    const heading = compose.indexOf(`## ${extension}\n`)
    const section = compose.slice(heading, compose.indexOf('\n## ', heading + 1))
    expect(options.filter((option) => !section.includes(`| \`${option}\``))).toEqual([])
  },
)

test('docs/compose.md has every extension of a service and every setting that is ours', () => {
  const names = [...keys.serviceExtensions, ...keys.defangExtensions, ...ownedSettings]
  expect(names.filter((name) => !compose.includes(`\`${name}\``))).toEqual([])
})

test('every complete compose file in docs/compose.md is read without a problem', () => {
  const examples = fencesOf(compose).filter(({ text }) => text.startsWith('# compose.yaml\n'))
  expect(examples.length).toBeGreaterThan(3)
  expect(examples.map(({ text }) => problemsOf(text)).filter(Boolean)).toEqual([])
})

test('a command that does not exist, a flag that none has and a missing argument are found', async () => {
  const text =
    '`howdah upp` and `howdah up --plann`\n\n```sh\nhowdah snapshot restore | cat\nhowdah snapshot restore --as x\n```\n'
  const complaints = await Promise.all(commandLinesOf(text).map(complaintOf))
  expect(complaints.map((complaint) => complaint !== undefined)).toEqual([false, true, true, true])
})
