import type { CompletedFlag, CompletedPlace } from './model.ts'

/** A completion script for fish 3.4 and later. */
export function fishCompletion(places: readonly CompletedPlace[]): string {
  const paths = places.map(({ path }) => path).filter(Boolean)
  const valued = [
    ...new Set(
      places.flatMap(({ flags }) =>
        flags.filter(({ value }) => value !== 'none').flatMap(({ words }) => words),
      ),
    ),
  ]
  return `# fish completion for howdah; put it to work with: howdah completion fish | source
function __howdah_path
    set -l path
    set -l skip
    for word in (commandline -opc)[2..]
        if set -q skip[1]
            set -e skip
        else if contains -- $word ${valued.join(' ')}
            set skip yes
        else if not string match -q -- '-*' $word
            set -l longer (string join ' ' -- $path $word)
            contains -- $longer ${paths.map(quoted).join(' ')}; or break
            set path $longer
        end
    end
    string join ' ' -- $path
end
complete -c howdah -f
${places.flatMap(placeLines).join('\n')}
`
}

function placeLines({ path, words, flags }: CompletedPlace): string[] {
  const start = `complete -c howdah -n ${quoted(`test "$(__howdah_path)" = "${path}"`)}`
  return [
    ...words.map(({ word, summary }) => `${start} -a ${word}${described(summary)}`),
    ...flags.map((flag) => `${start} ${flagWords(flag)}${described(flag.summary)}`),
  ]
}

function flagWords({ words, value }: CompletedFlag): string {
  const names = words.map((word) =>
    word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`,
  )
  if (value === 'none') return names.join(' ')
  if (value === 'file') return [...names, '-r', '-F'].join(' ')
  if (value === 'any') return [...names, '-x'].join(' ')
  return [...names, '-x', '-a', quoted(value.join(' '))].join(' ')
}

const described = (summary: string): string => (summary ? ` -d ${quoted(summary)}` : '')

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`
