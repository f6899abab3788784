/** The majors that Howdah is tested with: the oldest and the newest that npm has for every common platform. */
export const supportedMajors = [12, 13, 14, 15, 16, 17, 18] as const

export function isSupportedMajor(major: number): boolean {
  return supportedMajors.some((supported) => supported === major)
}
