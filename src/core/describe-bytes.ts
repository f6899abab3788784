const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** A size for people: `512 MiB`, `1.5 GiB`. */
export function describeBytes(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
