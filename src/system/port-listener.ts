import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The process behind a port, for a message. */
export interface Listener {
  readonly pid: number
  /** The program's short name: `postgres`. */
  readonly name: string
}

/** Who listens on a TCP port of this machine, on any address, as far as this account may see; undefined when nobody or unknown. */
export function whoListens(port: number): Listener | undefined {
  return process.platform === 'linux' ? listenerFromProc(port) : listenerFromLsof(port)
}

/** The socket inodes that listen on `port`, from the text of /proc/net/tcp or tcp6. */
export function listeningInodes(table: string, port: number): string[] {
  // Columns: slot, local address:port in hexadecimal, remote, state (0A is LISTEN), …, the inode is the tenth.
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const listens = columns[1]?.endsWith(`:${wanted}`) && columns[3] === '0A'
    return listens && columns[9] ? [columns[9]] : []
  })
}

function listenerFromProc(port: number): Listener | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) =>
    attempt(() => readFileSync(path, 'utf8')),
  )
  const inodes = tables.flatMap((table) => listeningInodes(table ?? '', port))
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
