import type { ScalarType } from './tree.ts'

const nothing = new Set(['', '~', 'null', 'Null', 'NULL'])
const yes = new Set(['true', 'True', 'TRUE'])
const no = new Set(['false', 'False', 'FALSE'])
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/
const integer = /^[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][\da-fA-F]+|0|[1-9]\d*)$/

/**
 * What Compose makes of an unquoted YAML scalar, and how it prints it into an environment: `0x10` becomes 16, `1.10`
 * becomes 1.1, `0123` is octal, `yes` and `on` are text. The rules are those of go-yaml v3, which Compose reads with.
 */
export function readPlainScalar(source: string): { type: ScalarType; text: string } {
  if (nothing.has(source)) return { type: 'null', text: '' }
  if (yes.has(source)) return { type: 'boolean', text: 'true' }
  if (no.has(source)) return { type: 'boolean', text: 'false' }
  const digits = /^[-+.]?\d/.test(source) ? source.replaceAll('_', '') : source
  if (integer.test(digits)) return { type: 'number', text: integerText(digits) }
  if (float.test(digits)) return { type: 'number', text: floatText(Number(digits)) }
  return { type: 'string', text: source }
}

/** BigInt, because a number longer than 2^53 must not change. */
function integerText(digits: string): string {
  const negative = digits.startsWith('-')
  const unsigned = digits.replace(/^[-+]/, '')
  const octal = /^0[oO]?([0-7]+)$/.exec(unsigned)
  const value = BigInt(octal ? `0o${octal[1]!}` : unsigned)
  return negative && value !== 0n ? `-${value}` : String(value)
}

/** As Go prints a float: with an exponent of two digits from 1e6 on and below 1e-4. */
function floatText(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const size = Number(exponent)
  if (value === 0 || (size >= -4 && size < 6)) return String(value)
  return `${mantissa}e${size < 0 ? '-' : '+'}${String(Math.abs(size)).padStart(2, '0')}`
}
