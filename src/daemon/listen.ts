import { createAdaptorServer } from '@hono/node-server'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Doorway } from '../api/mount.ts'
import type { Caller } from '../contract/access.ts'
import { ownUserName } from '../system/account.ts'
import { removeIfEmpty, writeAtomic } from '../system/files.ts'
import { ensurePrivateFolder } from '../system/private-folder.ts'
import { homeLayout } from './home.ts'
import type { Carry } from './tunnel.ts'

/** sun_path: 104 bytes on macOS, 108 on Linux. */
const LONGEST_SOCKET_PATH = 103

/**
 * Serves the API on a Unix socket of mode 0600 and notes where. A socket that is there already is a dead daemon's: we
 * hold the home's lock. `cutStreams` ends replies that go on and on, and tunnels; the socket stays.
 */
export async function listen(
  home: string,
  app: { fetch(request: Request, doorway: Doorway): Response | Promise<Response> },
  carry?: Carry,
): Promise<{ socket: string; cutStreams: () => void; close: () => Promise<void> }> {
  const { run, note } = homeLayout(home)
  const socket = socketPath(run)
  const isElsewhere = dirname(socket) !== run
  if (isElsewhere) await ensurePrivateFolder(dirname(socket))
  await rm(socket, { force: true })
  // Who may open the socket is this account, or root.
  const caller: Caller = { name: ownUserName(), role: 'admin', from: 'socket' }
  const server = createAdaptorServer({
    fetch: (request) => app.fetch(request, { caller }),
  }) as Server
  const tunnels = new Set<Duplex>()
  const upgrade = (request: IncomingMessage, client: Duplex, head: Buffer): void => {
    tunnels.add(client)
    client.once('close', () => tunnels.delete(client))
    void carry?.(request, client, head, async () => ({ caller }))
  }
  if (carry) server.on('upgrade', upgrade)
  // Until the chmod the daemon's umask guards it: who may not write may not connect.
  server.listen(socket)
  await once(server, 'listening')
  await chmod(socket, 0o600)
  await writeAtomic(note, `${JSON.stringify({ pid: process.pid, socket })}\n`, { mode: 0o600 })
  const replies = new Set<ServerResponse>()
  server.on('request', (_request, reply: ServerResponse) => {
    replies.add(reply)
    reply.once('close', () => replies.delete(reply))
  })
  return {
    socket,
    cutStreams() {
      for (const reply of replies) if (reply.headersSent && !reply.writableEnded) reply.destroy()
      for (const tunnel of tunnels) tunnel.destroy()
    },
    async close() {
      await rm(note, { force: true })
      server.close()
      // Streams to clients that only watch would keep it open for ever.
      server.closeAllConnections()
      for (const tunnel of tunnels) tunnel.destroy()
      await once(server, 'close')
      if (isElsewhere) await removeIfEmpty(dirname(socket))
    },
  }
}

/** In the home; in the temporary folder, in one of our own, when the home's path is too long for a socket. */
function socketPath(run: string): string {
  const inHome = join(run, 'daemon.sock')
  if (Buffer.byteLength(inHome) <= LONGEST_SOCKET_PATH) return inHome
  const short = createHash('sha256').update(run).digest('hex').slice(0, 16)
  return join(tmpdir(), `howdah-daemon-${short}`, 'd.sock')
}
