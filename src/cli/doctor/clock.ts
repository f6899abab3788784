import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { moment } from '../output/moment.ts'
import type { Check } from './finding.ts'

/** Clocks that are set over the network differ by less. */
const toleratedMs = 60_000

/** The clock has not gone back since the state was last written; certificates and recovery targets need that. */
export const clock: Check = async ({ home }) => {
  const name = 'clock'
  const written = await writtenAtMs(join(home, 'state.db'))
  if (written === undefined || written - Date.now() < toleratedMs) {
    return [{ name, status: 'ok', message: moment(new Date().toISOString()) }]
  }
  const message = `it is ${moment(new Date().toISOString())}, and the state was written at ${moment(new Date(written).toISOString())}`
  return [{ name, status: 'warn', message, whatNow: 'Set this machine’s clock.' }]
}

async function writtenAtMs(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    // The checks of the home and of the state say what is wrong with the file.
    return undefined
  }
}
