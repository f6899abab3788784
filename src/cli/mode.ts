import type { Mode } from '../contract/instance.ts'
import { modeNamed, modeNames, modesInWords } from '../contract/mode-names.ts'
import { AppError } from '../errors/app-error.ts'
import { nearest } from './nearest.ts'

/** Reads what --mode was given. Throws USAGE. */
export function parseMode(text: string): Mode {
  const mode = modeNamed(text)
  if (mode) return mode
  const meant = nearest(text.toLowerCase(), modeNames)
  const guess = meant ? `; did you mean ${meant}?` : ''
  throw new AppError('USAGE', `there is no mode “${text}”${guess}`, {
    hint: `Modes: ${modesInWords}.`,
  })
}
