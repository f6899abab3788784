import type { CompletedFlag, CompletedPlace } from './model.ts'

/** A completion script for bash 3.2 and later. */
export function bashCompletion(places: readonly CompletedPlace[]): string {
  const paths = places.map(({ path }) => path).filter(Boolean)
  return `# bash completion for howdah; put it to work with: source <(howdah completion bash)
_howdah() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local path= word= words= flags= skip= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [ -n "$skip" ]; then skip=; continue; fi
    case "$path:$word" in
${valued(places)
  .map((pattern) => `      ${pattern}) skip=1; continue ;;`)
  .join('\n')}
    esac
    case "$word" in -*) continue ;; esac
    case "\${path:+$path }$word" in
      ${paths.map(quoted).join('|')}) path=\${path:+$path }$word ;;
      *) break ;;
    esac
  done
  case "$path:$previous" in
${choices(places)
  .map(([pattern, body]) => `    ${pattern}) ${body}; return ;;`)
  .join('\n')}
  esac
  case "$path" in
${places
  .map(
    ({ path, words, flags }) => `    ${quoted(path)})
      words=${quoted(words.map(({ word }) => word).join(' '))}
      flags=${quoted(flags.flatMap((flag) => flag.words).join(' '))} ;;`,
  )
  .join('\n')}
  esac
  case "$current" in -*) words=$flags ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -F _howdah howdah
`
}

/** Patterns of `PATH:FLAG` for flags that the next word belongs to. */
function valued(places: readonly CompletedPlace[]): string[] {
  return places
    .map(({ path, flags }) => {
      const words = flags.filter(({ value }) => value !== 'none').flatMap((flag) => flag.words)
      return words.map((word) => quoted(`${path}:${word}`)).join('|')
    })
    .filter(Boolean)
}

function choices(places: readonly CompletedPlace[]): [string, string][] {
  return places.flatMap(({ path, flags }) =>
    flags
      .filter(({ value }) => value !== 'none')
      .map(({ words, value }): [string, string] => [
        words.map((word) => quoted(`${path}:${word}`)).join('|'),
        proposals(value),
      ]),
  )
}

function proposals(value: CompletedFlag['value']): string {
  if (value === 'file') return 'COMPREPLY=($(compgen -f -- "$current"))'
  if (typeof value === 'string') return 'COMPREPLY=()'
  return `COMPREPLY=($(compgen -W ${quoted(value.join(' '))} -- "$current"))`
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
