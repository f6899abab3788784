import { parseEnvFile } from './dotenv.ts'
import { shown, type ComposeText, type Surroundings } from './files.ts'
import { withoutConfig, type Lookup } from './template.ts'

/** The project's variables: the shell's, and under them those of the env files, the later over the earlier. */
export function readVariables(
  files: readonly ComposeText[],
  shell: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Lookup {
  const variables = new Map<string, string>()
  const lookup: Lookup = (name) =>
    (Object.hasOwn(shell, name) ? shell[name] : undefined) ?? variables.get(name)
  for (const file of files) {
    const shownAs = shown(file.path, surroundings)
    const entries = parseEnvFile({ text: file.text, shownAs }, lookup, surroundings.findings)
    for (const [name, { value }] of entries) {
      if (value !== null) variables.set(name, withoutConfig(value))
    }
  }
  return lookup
}
