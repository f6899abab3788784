/** A release as numbers: 3.5.16 is [3, 5, 16]. */
export type Version = readonly number[]

/** Reads `3.5.16`, and the version of a Debian package: `1:3.4.23-4+b4` is 3.4.23. Undefined when the text does not begin with one. */
export function parseVersion(text: string): Version | undefined {
  const [, numbers] = /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(text.trim()) ?? []
  return numbers?.split('.').map(Number)
}

/** The first version in what a program says of itself: `HAProxy version 2.6.12-1+deb12u3 2025/10/03 - https://…`. */
export function versionWithin(text: string): Version | undefined {
  const [numbers] = /\d+(?:\.\d+)+/.exec(text) ?? []
  return numbers === undefined ? undefined : parseVersion(numbers)
}

/** Below 0 when `a` is the older; what is not said counts as 0. */
export function compareVersions(a: Version, b: Version): number {
  const length = Math.max(a.length, b.length)
  for (let part = 0; part < length; part++) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

export const versionText = (version: Version): string => version.join('.')
