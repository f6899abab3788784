import type { Caller } from '../../contract/access.ts'
import { ToldCaller } from '../../contract/told-caller.ts'
import { AppError } from '../../errors/app-error.ts'

/** Who called the host that sends a call on. */
export const CALLER_HEADER = 'x-howdah-caller'

/** As JSON of ASCII alone, which is what a header may hold. */
export function writeCaller({ name, role, projects, from }: Caller): string {
  const told = JSON.stringify({ name, role, projects, from })
  return told.replace(
    /[^\x20-\x7e]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** UNAUTHENTICATED for what is none. */
export function readCaller(text: string): Caller {
  try {
    return ToldCaller.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError('UNAUTHENTICATED', 'the call says in no known form who makes it', { cause })
  }
}
