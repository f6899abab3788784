const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** A size for people: `512 MiB`, `1.5 GiB`; ten and more without a decimal. */
export function describeBytes(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  while (Math.round(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const tenths = Math.round(value * 10) / 10
  return `${tenths >= 10 ? Math.round(value) : tenths} ${units[unit]}`
}
