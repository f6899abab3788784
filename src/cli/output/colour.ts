export type Paint = (text: string) => string

/** Colours by meaning. Off a terminal, or when the user says so, each gives the text back unchanged. */
export interface Colour {
  readonly bold: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly warning: Paint
  readonly bad: Paint
  readonly accent: Paint
}

/**
 * Whether to colour: NO_COLOR (no-color.org) wins, then FORCE_COLOR, else only on a terminal that is not `dumb`.
 * An empty variable counts as unset; FORCE_COLOR=0 as off.
 */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (env['NO_COLOR']) return false
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0'
  return isTerminal && env['TERM'] !== 'dumb'
}

export function colours(on: boolean): Colour {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      on ? `\x1b[${open}m${text}\x1b[${close}m` : text
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    good: paint(32, 39),
    warning: paint(33, 39),
    bad: paint(31, 39),
    accent: paint(36, 39),
  }
}
