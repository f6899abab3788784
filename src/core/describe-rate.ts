import { describeBytes } from './describe-bytes.ts'

/** How fast something went so far, for people: `240 MiB/s`; undefined before there is anything to say. */
export function describeRate(bytesDone: number, elapsedMs: number): string | undefined {
  if (elapsedMs < SETTLED_MS) return undefined
  return `${describeBytes((bytesDone * 1000) / elapsedMs)}/s`
}

/** A rate of the first moments says nothing. */
const SETTLED_MS = 500

/** How far a copy is after this time: `1.2 GiB copied, 240 MiB/s`. */
export function describeCopied(bytesDone: number, elapsedMs: number): string {
  const rate = describeRate(bytesDone, elapsedMs)
  const done = `${describeBytes(bytesDone)} copied`
  return rate === undefined ? done : `${done}, ${rate}`
}
