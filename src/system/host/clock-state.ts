import { AppError } from '../../errors/app-error.ts'
import { run } from '../run.ts'

/** adjtimex(2), by Linux’s own tables; Debian’s and Ubuntu’s essential perl-base makes the call. */
const CALLS: Readonly<Record<string, number>> = { x64: 159, arm64: 171 }

/** What it answers while nobody has set the clock within its tolerance. */
const TIME_ERROR = 5

/** More than its struct, of zeros: ask, and change nothing. */
const STRUCT_BYTES = 256

/**
 * Whether the kernel counts its clock as set by another (NTP, whoever speaks it: chrony, systemd-timesyncd, ntpd). Undefined where that cannot be
 * asked.
 */
export async function isClockSynchronised(): Promise<boolean | undefined> {
  const call = process.platform === 'linux' ? CALLS[process.arch] : undefined
  if (call === undefined) return undefined
  const script = `$t = "\\0" x ${STRUCT_BYTES}; print syscall(${call}, $t)`
  try {
    const { stdout, exitCode } = await run('perl', ['-e', script], { timeoutMs: 5000 })
    const state = Number(stdout)
    return exitCode !== 0 || stdout === '' || state < 0 ? undefined : state !== TIME_ERROR
  } catch (error) {
    // No perl, or one that hangs.
    if (error instanceof AppError) return undefined
    throw error
  }
}
