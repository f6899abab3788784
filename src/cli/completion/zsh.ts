import type { CompletedFlag, CompletedPlace } from './model.ts'

/** A completion script for zsh: for a file named `_howdah` in fpath, or to be sourced after compinit. */
export function zshCompletion(places: readonly CompletedPlace[]): string {
  const functions = places.map((place) => placeFunction(place, places)).join('\n')
  return `#compdef howdah
# zsh completion for howdah; put it to work with: source <(howdah completion zsh)
${functions}
if [ "$funcstack[1]" = _howdah ]; then
  _howdah "$@"
else
  compdef _howdah howdah
fi
`
}

/** A function that completes after the words of its path; `_arguments` drops those words before it calls the next. */
function placeFunction(
  { path, words, flags }: CompletedPlace,
  places: readonly CompletedPlace[],
): string {
  const deeper = words.filter(({ word }) => places.some((one) => one.path === joined(path, word)))
  const specs = flags.flatMap(flagSpecs)
  const described = words.map(({ word, summary }) => quoted(`${word}:${plain(summary)}`)).join(' ')
  const body =
    deeper.length > 0
      ? `  local -a commands=(${described})
  local state line
  _arguments -C ${[...specs, "'1: :->command'", "'*:: :->rest'"].join(' ')}
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${deeper.map(({ word }) => `        ${word}) ${named(joined(path, word))} ;;`).join('\n')}
      esac ;;
  esac`
      : `  _arguments ${[...specs, words.length > 0 ? `'1:word:(${words.map(({ word }) => word).join(' ')})'` : "'*:argument:_default'"].join(' ')}`
  return `${named(path)}() {\n${body}\n}`
}

const joined = (path: string, word: string): string => (path ? `${path} ${word}` : word)

const named = (path: string): string => `_howdah${path ? `_${path.replaceAll(/[ -]/g, '_')}` : ''}`

function flagSpecs({ words, summary, value }: CompletedFlag): string[] {
  const action =
    value === 'none'
      ? ''
      : value === 'file'
        ? ':file:_files'
        : value === 'any'
          ? ':value: '
          : `:value:(${value.join(' ')})`
  return words.map((word) => quoted(`*${word}[${plain(summary)}]${action}`))
}

/** Brackets, colons and backslashes are syntax of `_arguments` and `_describe`. */
const plain = (summary: string): string => summary.replaceAll(/[[\]\\:]/g, '\\$&')

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
