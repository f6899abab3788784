import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)
/** Far above what `ip`, `nft` or `mkfs` print. */
const OUTPUT_BYTES = 64 * 1024 * 1024

/** Where the programs are that only root needs, when the PATH of who became root lacks them. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` }

/** Runs a program of this machine that must succeed, and gives what it printed. Its stderr is in the error's message. */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(program, args, { env, maxBuffer: OUTPUT_BYTES })
  return stdout
}

/** As `run`, and feeds it a text. */
export function runWithInput(input: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, { env, input, encoding: 'utf8', stdio: 'pipe' })
}

/** Whether a program of this machine succeeds. For questions whose answer is an exit status. */
export async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  try {
    await run(program, ...args)
    return true
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'number') return false
    throw error
  }
}
