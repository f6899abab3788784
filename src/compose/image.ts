import type { z } from 'zod'
import type { VersionWanted } from '../contract/project.ts'
import { parseImageReference, type ImageReference } from './image-reference.ts'

type Version = z.output<typeof VersionWanted>

export type ImageReading =
  /** A Postgres image whose version is known. An empty version is the newest. */
  | { readonly kind: 'postgres'; readonly version: Version; readonly extensions: string[] }
  /** A Postgres image that does not say which version; `why` says what to do. */
  | { readonly kind: 'unclear'; readonly why: string; readonly extensions: string[] }
  /** Not a Postgres image as far as its name tells. */
  | { readonly kind: 'other'; readonly why: string }
  | { readonly kind: 'malformed'; readonly why: string }

/** The majors that have an engine. */
export const oldestMajor = 12
export const newestMajor = 18

const remedy = 'say it with `version:` under x-howdah-postgres'
/** Repositories by the last part of their name, and the extensions that they exist for. */
const repositories: Readonly<Record<string, readonly string[]>> = {
  postgres: [],
  postgresql: [],
  pgvector: ['vector'],
  postgis: ['postgis'],
  timescaledb: ['timescaledb'],
  'timescaledb-ha': ['timescaledb'],
}
/** Those whose plain number is the extension's version; only `pg16` says Postgres's. */
const ownVersions = new Set(['pgvector', 'timescaledb', 'timescaledb-ha'])
const looksLikePostgres = /(?:^|[-_.])(?:pg|pgsql)(?:$|[-_.\d])|postg|pgvector|timescale/
/** Tags that name a distribution or nothing: the newest version. */
const newestTag = /^(?:latest|alpine|bookworm|bullseye|buster|trixie|slim|all)[\d.]*(?:-|$)/
const afterPg = /(?:^|[-_.])pg(\d+)(?:\.(\d+))?([a-z]+\d*)?(?=$|[-_.])/
const leading = /^(\d+)(?:\.(\d+))?(?:\.\d+)*((?:alpha|beta|rc)\d*)?(?=$|-)/

/** What an image's name says: `postgis/postgis:16-3.4` is Postgres 16 with postgis. What it does not say is not guessed. */
export function readImage(text: string): ImageReading {
  const reference = parseImageReference(text)
  if (!reference) {
    return { kind: 'malformed', why: `"${text}" is not an image name; one is like postgres:16.` }
  }
  const repository = reference.path.at(-1)!
  const extensions = repositories[repository]
  const marked = afterPg.test(reference.tag ?? '')
  if (extensions === undefined && !marked && !looksLikePostgres.test(repository)) {
    const why = `"${text}" is not a Postgres image as far as its name tells; use one such as postgres:16, or ${remedy}.`
    return { kind: 'other', why }
  }
  const promised = [...(extensions ?? [])]
  const version = versionOf(reference, repository)
  return typeof version === 'string'
    ? { kind: 'unclear', why: `"${text}": ${version}`, extensions: promised }
    : { kind: 'postgres', version, extensions: promised }
}

/** A version, or the sentence that says why there is none. */
function versionOf({ tag, digest }: ImageReference, repository: string): Version | string {
  if (tag === undefined && digest !== undefined) {
    return `a digest alone does not tell the Postgres version; write the tag before it (postgres:16@…), or ${remedy}.`
  }
  const recognised = Object.hasOwn(repositories, repository)
  const marked = afterPg.exec(tag ?? '')
  if (marked) return checkedVersion(marked[1]!, marked[2], marked[3])
  if (recognised && (tag === undefined || newestTag.test(tag))) return {}
  const plain = ownVersions.has(repository) ? undefined : leading.exec(tag ?? '')
  if (plain) return checkedVersion(plain[1]!, plain[2], plain[3])
  const example = ownVersions.has(repository) ? 'pg16' : '16'
  const what = tag === undefined ? 'without a tag it' : `the tag "${tag}"`
  return `${what} does not tell the Postgres version; use a tag such as ${example}, or ${remedy}.`
}

function checkedVersion(major: string, minor?: string, prerelease?: string): Version | string {
  if (prerelease) return `Postgres ${major}${prerelease} is a pre-release, and only releases run.`
  return versionFrom(Number(major), minor === undefined ? undefined : Number(minor))
}

function versionFrom(major: number, minor: number | undefined): Version | string {
  if (major < oldestMajor || major > newestMajor) {
    return `Postgres ${major} cannot run here; ${oldestMajor} to ${newestMajor} can.`
  }
  return minor === undefined ? { major } : { major, minor }
}

/** Reads `version:` of x-howdah-postgres, `16` or `16.4`; a sentence when it is neither. */
export function readVersion(text: string): Version | string {
  const found = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(text)
  if (!found) return `"${text}" is not a Postgres version; write one like 16 or "16.4".`
  return versionFrom(Number(found[1]), found[2] === undefined ? undefined : Number(found[2]))
}
