import type { Mode } from './instance.ts'

/** Every name of a mode, Defang's aliases included; capitals do not matter. */
const modes: Readonly<Record<string, Mode>> = {
  affordable: 'affordable',
  cheap: 'affordable',
  development: 'affordable',
  balanced: 'balanced',
  staging: 'balanced',
  high_availability: 'high_availability',
  'high-availability': 'high_availability',
  ha: 'high_availability',
  production: 'high_availability',
}

export const modeNames: readonly string[] = Object.keys(modes)

/** For messages: the modes with their aliases. */
export const modesInWords =
  'affordable (cheap, development), balanced (staging), high_availability (ha, production)'

/** The mode of a name; undefined for a word that is none. */
export function modeNamed(text: string): Mode | undefined {
  const word = text.toLowerCase()
  return Object.hasOwn(modes, word) ? modes[word] : undefined
}
