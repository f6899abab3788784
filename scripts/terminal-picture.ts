/**
 * Draws a recorded terminal session as an SVG: `node scripts/terminal-picture.ts < docs/terminal.txt > docs/terminal.svg`.
 * The recording is what the commands printed, with their colours; lines that start with `$ ` are what was typed.
 */
import { readFileSync } from 'node:fs'

/** Sizes in pixels. The advance of one letter is 0.6 of the size in every common monospaced font. */
const letterHeight = 13
const letterWidth = letterHeight * 0.6
const lineHeight = 19
const margin = 20
const titleBar = 32

/** The colours that the command line uses, by the number that switches each on (ECMA-48, SGR). */
const styles: Readonly<Record<string, string>> = {
  '1': 'font-weight:bold;fill:#ffffff',
  '2': 'fill:#8b949e',
  '31': 'fill:#ff7b72',
  '32': 'fill:#56d364',
  '33': 'fill:#e3b341',
  '36': 'fill:#76e3ea',
}
const prompt = 'font-weight:bold;fill:#76e3ea'

interface Run {
  readonly text: string
  readonly style: string
}

/** A line as runs of one style each. Every style ends before the next begins, as `src/cli/output/colour.ts` writes them. */
function runsOf(line: string): Run[] {
  if (line.startsWith('$ ')) {
    return [
      { text: '$ ', style: prompt },
      { text: line.slice(2), style: styles['1'] ?? '' },
    ]
  }
  let style = ''
  return line.split('\u001b[').flatMap((part, index) => {
    const [, code, text] =
      index === 0 ? [undefined, undefined, part] : (/^(\d+)m(.*)$/.exec(part) ?? [])
    if (code !== undefined) style = styles[code] ?? ''
    return text ? [{ text, style }] : []
  })
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function drawLine(runs: readonly Run[], y: number): string {
  let column = 0
  const spans = runs.map(({ text, style }) => {
    const x = (margin + column * letterWidth).toFixed(1)
    column += text.length
    return `<tspan x="${x}"${style ? ` style="${style}"` : ''}>${escaped(text)}</tspan>`
  })
  return `<text y="${y}">${spans.join('')}</text>`
}

/** The whole picture; its title is also what a screen reader says. */
function picture(recording: string, title: string): string {
  const lines = recording.trimEnd().split('\n').map(runsOf)
  const columns = Math.max(...lines.map((runs) => runs.map((run) => run.text).join('').length))
  const width = Math.ceil(columns * letterWidth + 2 * margin)
  const height = titleBar + lines.length * lineHeight + margin
  const texts = lines.map((runs, index) => drawLine(runs, titleBar + (index + 1) * lineHeight))
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, index) => `<circle cx="${margin + index * 18}" cy="17" r="5.5" fill="${colour}"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="9" fill="#0d1117"/>
${dots.join('\n')}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${letterHeight}" fill="#c9d1d9" xml:space="preserve">
${texts.filter((text) => text.includes('<tspan')).join('\n')}
</g>
</svg>
`
}

process.stdout.write(picture(readFileSync(0, 'utf8'), 'A terminal: howdah up and what follows'))
