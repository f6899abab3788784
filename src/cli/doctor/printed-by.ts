import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Examined } from './finding.ts'

const answersWithinMs = 10_000

/** What a program prints, or undefined when it is absent, fails or is silent for too long. */
export async function printedBy(
  env: Examined['env'],
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const asked = promisify(execFile)(program, [...args], { env, timeout: answersWithinMs })
    return (await asked).stdout.trim()
  } catch {
    // Why it fails is the program's own affair; here it only matters that it is of no use.
    return undefined
  }
}
