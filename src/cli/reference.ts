import type { Command } from './command.ts'
import { flagLine, placeholder, sentence, usageLine } from './help.ts'
import { commands } from './program.ts'
import { composeFlags, everywhereFlags } from './shared-flags.ts'

/** The reference of all commands as Markdown: the text of docs/cli.md. */
export async function commandReference(): Promise<string> {
  const declared = await Promise.all([...commands.values()].map((entry) => entry.load()))
  const aliases = [...commands.values()].map((entry) => entry.aliases ?? [])
  return [
    '# Commands',
    'Data goes to stdout, everything else to stderr. Exit statuses are those of [errors](errors.md).',
    '## Flags of every command',
    list(Object.entries(everywhereFlags).map(flagLine)),
    '## Flags of every command that concerns a project',
    'They may stand before or after the command’s name and mean what they mean in Docker Compose.',
    list(Object.entries(composeFlags).map(flagLine)),
    ...declared.flatMap((one, index) => commandSection(one, aliases[index] ?? [])),
  ]
    .join('\n\n')
    .concat('\n')
}

function commandSection(declared: Command, aliases: readonly string[]): string[] {
  const flags = Object.entries(declared.flags)
  return [
    `## howdah ${declared.name.join(' ')}`,
    sentence(declared.summary),
    ...(declared.description ? [declared.description] : []),
    fenced(usageLine(declared)),
    ...(aliases.length > 0 ? [`Also: ${aliases.map((name) => `\`${name}\``).join(', ')}.`] : []),
    ...(declared.args.length > 0
      ? [list(declared.args.map((argument) => [placeholder(argument), argument.summary]))]
      : []),
    ...(flags.length > 0 ? [list(flags.map(flagLine))] : []),
    fenced(declared.examples.join('\n')),
  ]
}

const fenced = (text: string): string => `\`\`\`sh\n${text}\n\`\`\``

const list = (lines: readonly (readonly [string, string])[]): string =>
  lines.map(([left, right]) => `- \`${left}\`: ${right}`).join('\n')
