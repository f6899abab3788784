import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
/** Where Debian and PGDG put a major's programs. */
const VERSIONS = '/usr/lib/postgresql'

/** Postgres's own load generator, in the newest version that is here; undefined when there is none. */
export function pgbenchProgram(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined
  return readdirSync(VERSIONS)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((major) => join(VERSIONS, major, 'bin', 'pgbench'))
    .find((program) => existsSync(program))
}

/** About a gigabyte of tables and indexes. */
export const GIGABYTE_SCALE = 68

export async function fillWithPgbench(program: string, url: string, scale: number): Promise<void> {
  await execute(program, ['-i', '-q', '-s', String(scale), url])
}

/** Runs TPC-B-like transactions of four clients for so long; gives transactions per second. The signal ends it before. */
export async function runPgbench(
  program: string,
  url: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<number> {
  const args = ['-n', '-c', '4', '-j', '2', '-T', String(seconds), url]
  const { stdout } = await execute(program, args, { signal })
  const [, tps] = /^tps = ([\d.]+)/m.exec(stdout) ?? []
  if (tps === undefined) throw new Error(`pgbench said no tps:\n${stdout}`)
  return Number(tps)
}
