import { z } from 'zod'
import type { Context, Procedure } from './procedure.ts'

/** A procedure of these steps, on the subjects that its input names. */
export function procedureOf(
  run: (context: Context, input: { subjects: string[] }) => Promise<unknown>,
  kind = 'test',
): Procedure {
  const input = z.object({ subjects: z.array(z.string()).default(['shop/db']) })
  const procedure: Procedure<typeof input> = {
    kind,
    input,
    title: () => `a ${kind}`,
    subjects: (given) => given.subjects ?? ['shop/db'],
    run: (given, context) => run(context, given),
  }
  return procedure
}

/** Resolves when the signal aborts, by throwing its reason, as all our waits do. */
export function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason as Error)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
