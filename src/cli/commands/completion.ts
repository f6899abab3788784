import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { completionPlaces, type CompletedPlace } from '../completion/model.ts'
import { zshCompletion } from '../completion/zsh.ts'

const scripts = new Map<string, (places: readonly CompletedPlace[]) => string>([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])

export const completion = command({
  name: ['completion'],
  summary: 'print the completion script for a shell',
  args: [{ name: 'shell', kind: 'required', summary: 'bash, zsh or fish' }],
  flags: {},
  examples: [
    'source <(howdah completion bash)',
    'howdah completion zsh > ~/.zfunc/_howdah',
    'howdah completion fish > ~/.config/fish/completions/howdah.fish',
  ],
  scope: 'none',
  async run(ctx, { args }) {
    const script = scripts.get(args.shell)
    if (!script) {
      throw new AppError('USAGE', `there is no completion for ${args.shell}`, {
        hint: `The shells are ${[...scripts.keys()].join(', ')}.`,
      })
    }
    const { commands } = await import('../program.ts')
    const declared = await Promise.all([...commands.values()].map((entry) => entry.load()))
    ctx.terminal.stdout.write(script(completionPlaces(declared)))
  },
})
