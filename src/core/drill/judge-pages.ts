import type { DrillCheck } from '../../contract/drill.ts'
import { describeBytes } from '../describe-bytes.ts'

export interface Pages {
  readonly pages: number
  readonly bytes: number
  /** `file`: from the data directory. `block`: its number in the relation. */
  readonly damaged: readonly { readonly file: string; readonly block: number }[]
}

/** Whoever looks into it begins with the first. */
const MOST_NAMED = 5

export function judgePages({ pages, bytes, damaged }: Pages): DrillCheck {
  if (damaged.length === 0) {
    const sentence = `${pages.toLocaleString('en-US')} pages (${describeBytes(bytes)}) fit their checksums`
    return { kind: 'checksums', outcome: 'passed', sentence }
  }
  const named = damaged.slice(0, MOST_NAMED).map(({ file, block }) => `block ${block} of ${file}`)
  const more = damaged.length - named.length
  const list = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')
  return {
    kind: 'checksums',
    outcome: 'failed',
    sentence: `pages do not fit their checksums: ${list}`,
  }
}
