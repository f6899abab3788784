/** A release of Patroni. 3.0 (Debian 12) to 4.1 are known. */
export interface PatroniVersion {
  readonly major: number
  readonly minor: number
  readonly patch: number
}

/** Reads what `patroni --version` says: `patroni 3.0.2`. Undefined when the text is none. */
export function parsePatroniVersion(text: string): PatroniVersion | undefined {
  const [, major, minor, patch] = /^patroni (\d+)\.(\d+)\.(\d+)/m.exec(text) ?? []
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return { major: Number(major), minor: Number(minor), patch: Number(patch) }
}

/** What a release can do that another cannot (docs/releases.rst of Patroni). */
export interface PatroniAbilities {
  /** Old enough that it lacks failsafe mode, or the names of settings that we use. */
  readonly isTooOld: boolean
  /** `synchronous_mode: quorum`, from 4.0 on. */
  readonly quorum: boolean
  /** Keeps the slot of a replica that is away for a while (`member_slots_ttl`), from 4.0 on. */
  readonly keepsSlots: boolean
}

export function abilitiesOf({ major }: PatroniVersion): PatroniAbilities {
  return { isTooOld: major < 3, quorum: major >= 4, keepsSlots: major >= 4 }
}
