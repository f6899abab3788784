import { randomInt } from 'node:crypto'
import type { Endpoint } from '../../contract/instance.ts'
import { AppError } from '../../errors/app-error.ts'
import { canBindLoopback, freePort, isFree } from '../../system/ports.ts'

const TRIES = 50

/**
 * An address for a new instance: one of its own in 127.0.0.0/8 with the wanted port, so that a compose file's port stays
 * true; where the machine has only 127.0.0.1, or something listens on that port everywhere, a free port there.
 */
export async function reserveAddress(
  portWanted: number,
  taken: readonly Endpoint[],
): Promise<Endpoint> {
  const isTaken = (host: string): boolean => taken.some((e) => e.host === host)
  for (let i = 0; i < TRIES; i++) {
    const host = randomLoopback()
    if (isTaken(host)) continue
    if (!(await canBindLoopback(host))) break
    if (await isFree(host, portWanted)) return { host, port: portWanted }
  }
  const host = '127.0.0.1'
  for (let i = 0; i < TRIES; i++) {
    const port = await freePort(host)
    if (!taken.some((e) => e.host === host && e.port === port)) return { host, port }
  }
  throw new AppError('PORT_IN_USE', `no free port found for a server on ${host}`)
}

/** 127.64.0.0/10 without its edges: far from 127.0.0.1, from 127.0.1.1 (Debian's host name) and 127.0.0.53 (systemd). */
const randomLoopback = (): string =>
  `127.${randomInt(64, 128)}.${randomInt(0, 256)}.${randomInt(1, 255)}`
