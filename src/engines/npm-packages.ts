import { isSupportedMajor } from './supported-majors.ts'

/** One npm package that holds a Postgres. */
export interface NpmPackage {
  readonly major: number
  readonly minor: number
  /** The package's own version: `16.14.0-beta.17` holds Postgres 16.14. */
  readonly version: string
}

interface Candidate extends NpmPackage {
  readonly patch: number
  readonly stage: number
  readonly build: number
}

/** A release without a suffix beats a beta, a beta beats an alpha. */
const stages = ['alpha', 'beta', undefined]

/** The best package of each Postgres version, newest version first. Versions that are no Postgres we run are left out. */
export function bestPackages(versions: readonly string[]): NpmPackage[] {
  const best = new Map<string, Candidate>()
  for (const version of versions) {
    const candidate = parse(version)
    if (!candidate || !isSupportedMajor(candidate.major)) continue
    const key = `${candidate.major}.${candidate.minor}`
    const rival = best.get(key)
    if (!rival || isBetter(candidate, rival)) best.set(key, candidate)
  }
  return [...best.values()]
    .toSorted((a, b) => b.major - a.major || b.minor - a.minor)
    .map(({ major, minor, version }) => ({ major, minor, version }))
}

function parse(version: string): Candidate | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:-(alpha|beta)\.(\d+))?$/.exec(version)
  if (!parts) return undefined
  const [, major, minor, patch, stage, build] = parts
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    stage: stages.indexOf(stage),
    build: Number(build ?? 0),
    version,
  }
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return (a.stage - b.stage || a.patch - b.patch || a.build - b.build) > 0
}
