import type { Findings } from './findings.ts'
import { serverSettings } from './server-settings.ts'
import { shellWords } from './shell-words.ts'
import { child, type Mapping, type Node, type Scalar } from './tree.ts'

interface Word {
  readonly text: string
  readonly at: Scalar['at']
}

/** Short options of the `postgres` program that only set something, and the setting that each sets. */
const shortOptions: Readonly<Record<string, string>> = {
  B: 'shared_buffers',
  N: 'max_connections',
  S: 'work_mem',
}

/** `command: postgres -c NAME=VALUE …` of a managed service, as settings. Anything else is a problem that says why. */
export function readServerCommand(service: Mapping, findings: Findings): Record<string, string> {
  const entrypoint = child(service, 'entrypoint')
  if (
    entrypoint &&
    !/^docker-entrypoint\.sh$|\/docker-entrypoint\.sh$/.test(firstWord(entrypoint))
  ) {
    findings.problem(
      entrypoint.at,
      'a managed Postgres runs no entrypoint of yours; remove it, and put what it does into /docker-entrypoint-initdb.d or `settings`.',
    )
  }
  const command = child(service, 'command')
  const words = command ? wordsOf(command, findings) : []
  if (words[0] && /^(?:.*\/)?docker-entrypoint\.sh$/.test(words[0].text)) words.shift()
  const [program] = words
  if (!program) return {}
  if (!program.text.startsWith('-')) {
    if (!/^(?:.*\/)?postgres$/.test(program.text)) {
      findings.problem(
        program.at,
        `a managed Postgres runs no other program ("${program.text}"); only \`postgres -c NAME=VALUE …\` is read. Put the settings under x-howdah-postgres, \`settings:\`.`,
      )
      return {}
    }
    words.shift()
  }
  return serverSettings(assignments(words, findings), findings)
}

/** Pairs of setting and value in the order given; Postgres takes `-` for `_` in names. */
function assignments(words: Word[], findings: Findings) {
  const found: { name: string; value: string; at: Word['at'] }[] = []
  const add = (text: string, { at }: Word) => {
    const cut = text.indexOf('=')
    const name = text.slice(0, cut).trim().toLowerCase().replaceAll('-', '_')
    if (cut < 1) findings.problem(at, `"${text}" has no value; write NAME=VALUE.`)
    else found.push({ name, value: text.slice(cut + 1).trim(), at })
  }
  while (words.length > 0) {
    const word = words.shift()!
    const letter = /^-([A-Za-z])/.exec(word.text)?.[1]
    const setting = letter && shortOptions[letter]
    if (word.text.startsWith('--')) add(word.text.slice(2), word)
    else if (letter === 'F' && word.text === '-F') add('fsync=off', word)
    else if (letter !== 'c' && !setting) {
      findings.problem(word.at, unsupported(word.text))
      // What follows is most likely its value.
      if (words[0] && !words[0].text.startsWith('-')) words.shift()
    } else {
      const attached = word.text.slice(2)
      const value = attached || words.shift()?.text
      if (value === undefined) findings.problem(word.at, `"${word.text}" needs a value after it.`)
      else add(letter === 'c' ? value : `${setting}=${value}`, word)
    }
  }
  return found
}

function unsupported(option: string): string {
  if (/^-[Dph]/.test(option)) {
    const instead = option.startsWith('-p') ? ' For another port set PGPORT in `environment`.' : ''
    return `"${option}": Howdah decides where the data is and where the server listens; remove it.${instead}`
  }
  return `"${option}" is not an option that a managed Postgres takes; settings are written -c NAME=VALUE.`
}

function wordsOf(node: Node, findings: Findings): Word[] {
  if (node.kind === 'list') {
    return node.items.flatMap((item) => {
      return item.kind === 'scalar' ? [{ text: item.text, at: item.at }] : []
    })
  }
  if (node.kind === 'mapping') {
    findings.problem(node.at, '`command` is text or a list.')
    return []
  }
  const words = shellWords(node.text)
  if (!words) findings.problem(node.at, 'a quote in the command is not closed.')
  return (words ?? []).map((text) => ({ text, at: node.at }))
}

function firstWord(node: Node): string {
  if (node.kind === 'scalar') return shellWords(node.text)?.[0] ?? ''
  const [first] = node.kind === 'list' ? node.items : []
  return first?.kind === 'scalar' ? first.text : ''
}
