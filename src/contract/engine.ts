import { z } from 'zod'

/** One installed Postgres distribution of one version. */
export const Engine = z
  .object({
    /** `system-15.18` or `npm-16.14`: unique on a host, stable between runs. */
    id: z.string(),
    kind: z.enum(['system', 'npm']),
    major: z.int(),
    minor: z.int(),
    /** Folder with `postgres` and `initdb`. */
    binDirectory: z.string(),
    /** Programs beside the server, such as psql, pg_dump, pg_upgrade, pg_controldata. */
    tools: z.array(z.string()),
    extensions: z.array(z.string()),
    /** `icu`, `openssl`, `zstd`, `lz4`, `libxml`… as the build says. */
    features: z.array(z.string()),
  })
  .meta({ id: 'Engine' })
export type Engine = z.output<typeof Engine>

/** A version that could be fetched but is not here yet. */
export const EngineOffer = z.object({
  id: z.string(),
  major: z.int(),
  minor: z.int(),
  installed: z.boolean(),
})
export type EngineOffer = z.output<typeof EngineOffer>
