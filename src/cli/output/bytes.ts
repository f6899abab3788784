const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A size for people: `512 B`, `1.5 KiB`, `32 MiB`; one decimal below ten. */
export function bytes(sizeBytes: number): string {
  let size = sizeBytes
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  const text = unit === 0 || size >= 10 ? String(Math.round(size)) : size.toFixed(1)
  return `${text} ${units[unit]}`
}
