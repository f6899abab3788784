import { userInfo } from 'node:os'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { AppError } from '../errors/app-error.ts'
import { takeKernelLock } from './kernel-lock.ts'

/** An account of this machine that servers run under. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const accountName = 'howdah'

/** macOS has no command for it that an administrator would want run unasked. */
const mayCreate = process.platform === 'linux'

/** useradd needs milliseconds; with a slow name service seconds. */
const creationWaitMs = 30_000

/**
 * The account to start servers under: undefined when we are not root (they run as us), else the system account `howdah`, which
 * is created when it is missing. Two processes may do so at once. Throws ACCOUNT_UNAVAILABLE.
 */
export function serverAccount(): Account | undefined {
  if (process.geteuid?.() !== 0) return undefined
  return accountNamed(accountName)
}

/** The system account of that name, created when it is missing. Only root can. Throws ACCOUNT_UNAVAILABLE. */
export function accountNamed(name: string): Account {
  const account = findAccount(name)
  if (account) return account
  // useradd looks for the name before it takes its own lock: two at once, and the later replaces the account of the first.
  const lock = mayCreate ? takeKernelLock(`/run/${name}-account.lock`, creationWaitMs) : undefined
  try {
    return findAccount(name) ?? createAccount(name, lock ? creations(name) : [])
  } finally {
    lock?.release()
  }
}

/** Looks an account up as the machine knows it: /etc/passwd first, then the name service (LDAP and the like). */
export function findAccount(name: string): Account | undefined {
  const local = process.platform === 'linux' ? readFileSync('/etc/passwd', 'utf8') : ''
  return parsePasswd(local, name) ?? accountByNameService(name)
}

/** Reads one account out of text in the form of passwd(5). */
export function parsePasswd(text: string, name: string): Account | undefined {
  for (const line of text.split('\n')) {
    const [entry, , uid, gid] = line.split(':')
    if (entry !== name || !uid || !gid) continue
    if (/^\d+$/.test(uid) && /^\d+$/.test(gid)) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

/** The commands that make a system account, best way first: shadow's `useradd`, else busybox (whose `-S` alone makes no group). */
export function creations(name: string): readonly (readonly string[])[][] {
  const useradd = `useradd --system --user-group --no-create-home --home-dir /nonexistent`
  const adduser = `adduser -S -D -H -h /nonexistent -s /sbin/nologin -G ${name}`
  return [
    [[...useradd.split(' '), '--shell', '/usr/sbin/nologin', name]],
    [
      ['addgroup', '-S', name],
      [...adduser.split(' '), name],
    ],
  ]
}

function createAccount(name: string, ways: ReturnType<typeof creations>): Account {
  const attempts: string[] = []
  for (const way of ways) {
    for (const [program = '', ...args] of way) {
      const result = spawnSync(program, args, { encoding: 'utf8', env: toolEnvironment() })
      const said = result.error?.message ?? result.stderr.trim()
      if (result.status !== 0) attempts.push(`${program}: ${said}`)
    }
    // Looked up after failure too: another process may have created it in the same moment.
    const account = findAccount(name)
    if (account) return account
  }
  throw new AppError('ACCOUNT_UNAVAILABLE', `there is no account "${name}" to run servers under`, {
    details: { account: name, attempts },
  })
}

function accountByNameService(name: string): Account | undefined {
  if (process.platform === 'darwin') {
    const uid = output('id', ['-u', name])
    const gid = output('id', ['-g', name])
    return uid && gid ? parsePasswd(`${name}:*:${uid}:${gid}`, name) : undefined
  }
  return parsePasswd(output('getent', ['passwd', name]) ?? '', name)
}

function output(program: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', env: toolEnvironment() })
  return status === 0 ? stdout.trim() : undefined
}

function toolEnvironment(): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`, LC_ALL: 'C' }
}

/** The name of the account that this process runs as. */
export const ownUserName = (): string => userInfo().username
