import { readFileSync } from 'node:fs'

/** Of this daemon. */
export const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly version: string }

/** When this process began. */
export const startedAt = new Date().toISOString()
