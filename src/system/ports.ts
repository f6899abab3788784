import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { errnoOf } from './file-errors.ts'

/**
 * Whether a server could listen on this address and port at this moment. False also for an address that is not this machine's
 * and for a port that only root may use.
 */
export async function isFree(host: string, port: number): Promise<boolean> {
  try {
    await bind(host, port)
    return true
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EADDRINUSE' || errno === 'EADDRNOTAVAIL' || errno === 'EACCES') return false
    throw error
  }
}

/** A port on `host` that nobody uses at this moment; it is not kept for the caller. */
export async function freePort(host: string): Promise<number> {
  return bind(host, 0)
}

/** Whether servers can listen on this loopback address: on Linux any of 127.0.0.0/8, on macOS only 127.0.0.1 as it comes. */
export async function canBindLoopback(host: string): Promise<boolean> {
  return isFree(host, 0)
}

async function bind(host: string, port: number): Promise<number> {
  const server = createServer()
  server.listen({ host, port, exclusive: true })
  await once(server, 'listening')
  const { port: given } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return given
}
