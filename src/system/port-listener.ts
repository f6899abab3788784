import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { endianness } from 'node:os'

/** The process behind a port, for a message. */
export interface Listener {
  readonly pid: number
  /** The program's short name: `postgres`. */
  readonly name: string
}

/**
 * Who listens on a TCP port of this machine, as far as this account may see; undefined when nobody or unknown. With an IPv4 `host`
 * only who has that address or all of them (Linux; elsewhere every address counts).
 */
export function whoListens(port: number, host?: string): Listener | undefined {
  return process.platform === 'linux' ? listenerFromProc(port, host) : listenerFromLsof(port)
}

/** The socket inodes that listen on `port`, and on `host` if one is named, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(table: string, port: number, host?: string): string[] {
  // Columns: slot, local address:port in hexadecimal, remote, state (0A is LISTEN), …, the inode is the tenth.
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const [address, boundPort] = columns[1]?.split(':') ?? []
    const isThere = host === undefined || covers(address ?? '', host)
    const listens = boundPort === wanted && columns[3] === '0A' && isThere
    return listens && columns[9] ? [columns[9]] : []
  })
}

/** Whether a local address of the table is this IPv4 one or all of them. The kernel prints it as a number of the machine's byte order. */
function covers(address: string, host: string): boolean {
  const bytes = Buffer.from(host.split('.').map(Number))
  const own = (endianness() === 'LE' ? bytes.reverse() : bytes).toString('hex').toUpperCase()
  return /^0+$/.test(address) || address === own || address.endsWith(`FFFF0000${own}`)
}

function listenerFromProc(port: number, host: string | undefined): Listener | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) =>
    attempt(() => readFileSync(path, 'utf8')),
  )
  const inodes = tables.flatMap((table) => listeningInodes(table ?? '', port, host))
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return undefined
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  for (const pid of pids.sort((a, b) => a - b)) {
    const fds = attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []
    if (!fds.some((fd) => sockets.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '')))
      continue
    const name = attempt(() => readFileSync(`/proc/${pid}/comm`, 'utf8'))?.trim()
    if (name) return { pid, name }
  }
  return undefined
}

function listenerFromLsof(port: number): Listener | undefined {
  // -F pc prints one field per line: p<pid>, c<command>.
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-F', 'pc'], {
    encoding: 'utf8',
  })
  const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(stdout ?? '') ?? []
  return pid && name ? { pid: Number(pid), name } : undefined
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    // Another account's process, or one that ended meanwhile: the answer only decorates a message.
    return undefined
  }
}
