import type { Flag, FlagValues } from '../command.ts'

/** The flags that `up` and `plan` share: they change what is planned. */
export const upFlags = {
  mode: {
    type: 'string',
    short: 'm',
    value: 'MODE',
    summary: 'affordable, balanced or high_availability; remembered for the project',
  },
  allowMissingExtensions: {
    type: 'boolean',
    summary: 'Go on when the engine lacks an extension that the image promises',
  },
} as const satisfies Record<string, Flag>

export type UpFlags = FlagValues<typeof upFlags> & {
  readonly plan: boolean
  readonly yes: boolean
  readonly wait: boolean
  readonly detach: boolean
}
