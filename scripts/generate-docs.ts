/**
 * Writes the parts of docs/ that come from the source: the errors, the API and the commands.
 * With --check it writes nothing, lists what is stale, and fails.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format } from 'prettier'
import { api, streams } from '../src/contract/api.ts'
import { openapi } from '../src/contract/openapi.ts'
import { commandReference } from '../src/cli/reference.ts'
import { errorReference } from './error-reference.ts'

const GENERATED_CLI = '<!-- Generated from src/cli by `npm run docs`. Do not edit. -->\n\n'

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')
const stale: string[] = []

for (const [path, text] of Object.entries(await documents())) {
  const file = join(root, path)
  const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  if (current === text) continue
  stale.push(path)
  if (isCheck) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
if (isCheck && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}\nBring them up to date with \`npm run docs\`.`)
  process.exitCode = 1
} else if (!isCheck) {
  console.log(stale.length > 0 ? `written: ${stale.join(', ')}` : 'nothing to write')
}

/** Path in the repository to text. */
async function documents(): Promise<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const document = openapi(api, streams, { title: 'Howdah', version })
  return {
    'docs/errors.md': await markdown(errorReference()),
    'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'docs/cli.md': await markdown(GENERATED_CLI + (await commandReference())),
  }
}

function markdown(text: string): Promise<string> {
  return format(text, { parser: 'markdown' })
}
