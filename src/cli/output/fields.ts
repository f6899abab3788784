import { wrap } from './wrap.ts'

/**
 * Names and values, a line each, aligned: `size     32 MiB`. What has no value is left out. With a width, long values
 * break at spaces and hang under themselves.
 */
export function fields(
  pairs: readonly (readonly [string, string | undefined])[],
  width?: number,
): string {
  const known = pairs.filter((pair): pair is readonly [string, string] => Boolean(pair[1]))
  const column = Math.max(...known.map(([name]) => name.length)) + 2
  return known
    .map(([name, value]) => wrap(`${name.padEnd(column)}${value}`, width, column))
    .join('\n')
}
