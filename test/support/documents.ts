import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** What people read and we write by hand: path in the repository to text. The generated pages have tests of their own. */
export function writtenDocuments(): Map<string, string> {
  const paths = ['README.md', ...globSync('{docs,examples/*}/*.md', { cwd: root })]
  const written = paths.filter((path) => !/^docs\/(?:cli|errors)\.md$/.test(path))
  return new Map(written.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

export interface Fence {
  readonly language: string
  readonly text: string
}

/** The fenced blocks of a Markdown text. */
export function fencesOf(markdown: string): Fence[] {
  const found = markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)
  return [...found].map(([, language = '', text = '']) => ({ language, text }))
}

/** The relative links of a Markdown text, each a path and perhaps a `#heading`. */
export function linksOf(markdown: string): { path: string; heading: string | undefined }[] {
  const prose = markdown.replaceAll(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', heading] = target.split('#')
      return { path, heading }
    })
}

/** The anchors of a Markdown text's headings, by the rule of GitHub. */
export function anchorsOf(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/**
 * Every `howdah …` in code, as words without `howdah`: whole lines of sh blocks, and code in the middle of text. A line that
 * says `planned` names commands that do not exist yet, and is left out.
 */
export function commandLinesOf(markdown: string): string[] {
  const blocks = fencesOf(markdown).filter(({ language }) => language === 'sh')
  const prose = markdown
    .replaceAll(/^```.*?^```$/gms, '')
    .split('\n')
    .filter((line) => !/planned/i.test(line))
    .join('\n')
  const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
  return [...blocks.flatMap(({ text }) => text.split('\n')), ...inline].flatMap(commandsOf)
}

/** The commands of one shell line. What stands in quotes becomes one word, for its text does not matter. */
function commandsOf(line: string): string[] {
  const inner = [...line.matchAll(/[$<]\((howdah [^)]*)\)/g)].map(([, command = '']) => command)
  const outer = line
    .replaceAll(/[$<]\([^)]*\)/g, 'OUTPUT')
    .replaceAll(/"[^"]*"|'[^']*'/g, 'QUOTED')
    .split(/\s(?:#|\||&&|;|<|>|2>)(?:\s|$)/)
  return [...inner, ...outer]
    .map((part) => part.trim().replace(/^(?:[A-Z_]+=\S+ )+/, ''))
    .filter((part) => part.startsWith('howdah '))
    .map((part) => part.slice('howdah '.length).replaceAll('…', '').trim())
    .filter((part) => part !== '')
}
