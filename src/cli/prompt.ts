import type { Writable } from 'node:stream'
import { AppError } from '../errors/app-error.ts'
import type { Context } from './context.ts'

/** Prompts are written to stderr: stdout holds data only. */
const output = process.stderr as Writable

/**
 * Asks yes or no. `flag` is the way to answer without a terminal: off one, CONFIRMATION_REQUIRED that names it.
 * Ctrl-C is INTERRUPTED.
 */
export async function askYesNo(
  ctx: Context,
  question: { readonly message: string; readonly flag: string; readonly initial: boolean },
): Promise<boolean> {
  demandTerminal(ctx, question.message, question.flag)
  const { confirm } = await import('@clack/prompts')
  return answered(
    await confirm({ message: question.message, initialValue: question.initial, output }),
  )
}

/** Asks for a word to be typed exactly; anything else is CONFIRMATION_REQUIRED and nothing happens. */
export async function askToType(
  ctx: Context,
  question: { readonly message: string; readonly flag: string; readonly word: string },
): Promise<void> {
  demandTerminal(ctx, question.message, question.flag)
  const { text } = await import('@clack/prompts')
  const typed = answered(await text({ message: question.message, output }))
  if (typed !== question.word) {
    throw new AppError(
      'CONFIRMATION_REQUIRED',
      `“${question.word}” was not typed; nothing was done`,
    )
  }
}

/** Asks which of a few is meant; `flag` as in {@link askYesNo}. */
export async function askChoice<T extends string>(
  ctx: Context,
  question: {
    readonly message: string
    readonly flag: string
    readonly options: readonly { readonly value: T; readonly label: string }[]
  },
): Promise<T> {
  demandTerminal(ctx, question.message, question.flag)
  const { select } = await import('@clack/prompts')
  const options: { value: string; label: string }[] = [...question.options]
  return answered(await select({ message: question.message, options, output })) as T
}

/** Asks for a word, such as a new name, and offers one. */
export async function askText(
  ctx: Context,
  question: { readonly message: string; readonly flag: string; readonly initial: string },
): Promise<string> {
  demandTerminal(ctx, question.message, question.flag)
  const { text } = await import('@clack/prompts')
  const { message, initial } = question
  return answered(await text({ message, initialValue: initial, output }))
}

/** Asks for a secret that is not shown while it is typed. */
export async function askSecret(
  ctx: Context,
  question: { readonly message: string; readonly flag: string },
): Promise<string> {
  demandTerminal(ctx, question.message, question.flag)
  const { password } = await import('@clack/prompts')
  return answered(await password({ message: question.message, output }))
}

function demandTerminal(ctx: Context, message: string, flag: string): void {
  if (ctx.interactive) {
    // A terminal of unknown size says 0, and clack would then put each letter on a line of its own.
    process.stderr.columns ||= 80
    return
  }
  throw new AppError(
    'CONFIRMATION_REQUIRED',
    `this must be confirmed, and nobody is here to ask: ${message}`,
    {
      hint: `Answer with ${flag}, or run it on a terminal.`,
    },
  )
}

/** A clack prompt gives a symbol when it was left with Ctrl-C. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') {
    throw new AppError('INTERRUPTED', 'left at the question; nothing was done', {
      hint: 'Run the command again when you are ready.',
    })
  }
  return answer as Exclude<T, symbol>
}
