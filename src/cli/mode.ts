import type { Mode } from '../contract/instance.ts'
import { AppError } from '../errors/app-error.ts'
import { nearest } from './nearest.ts'

/** Defang's names for modes, its aliases included; capitals do not matter. */
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

/** Reads what --mode was given. Throws USAGE. */
export function parseMode(text: string): Mode {
  const word = text.toLowerCase()
  const mode = Object.hasOwn(modes, word) ? modes[word] : undefined
  if (mode) return mode
  const meant = nearest(word, Object.keys(modes))
  throw new AppError(
    'USAGE',
    `there is no mode “${text}”${meant ? `; did you mean ${meant}?` : ''}`,
    {
      hint: 'Modes: affordable (cheap, development), balanced (staging), high_availability (ha, production).',
    },
  )
}
