import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Entry, FinalState, History } from './records.ts'
import { OPENING_BALANCE } from './schema.ts'

const FSYNC_EVERY_MS = 1000

/**
 * An append-only file of what clients saw, outside of the database. A record is written before its client begins its next
 * operation, so a killed program loses none. It is fsynced each second and at the end, not each time: what an fsync adds is
 * for the loss of this machine, which takes the whole lab along, and hundreds of them each second would slow the disk that the
 * hosts' own disks lie on, and so what is measured.
 */
export class Ledger {
  readonly #file: number
  readonly #timer: NodeJS.Timeout

  constructor(path: string) {
    this.#file = openSync(path, 'ax', 0o600)
    this.#timer = setInterval(() => fsyncSync(this.#file), FSYNC_EVERY_MS)
  }

  append(line: Entry | { readonly final: FinalState }): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  close(): void {
    clearInterval(this.#timer)
    fsyncSync(this.#file)
    closeSync(this.#file)
  }
}

/** What was written to a ledger, whose clients have ended properly: without a final state nothing can be judged. */
export function readLedger(path: string): History {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const records = lines.map((line) => JSON.parse(line) as Entry | { readonly final: FinalState })
  const final = records.flatMap((record) => ('final' in record ? [record.final] : [])).at(-1)
  if (!final) throw new Error(`${path} has no final state: its clients were cut short`)
  const entries = records.filter((record) => 'kind' in record)
  return { entries, final, openingBalance: OPENING_BALANCE }
}
