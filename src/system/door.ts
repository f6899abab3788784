import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { AppError } from '../errors/app-error.ts'
import { errnoOf } from './file-errors.ts'

export interface DoorPlace {
  readonly host: string
  readonly port: number
}

export interface DoorOptions extends DoorPlace {
  /** Who sent these first bytes; `unknown` asks for more. */
  readonly whoSent: (bytes: Uint8Array) => 'client' | 'stranger' | 'unknown'
  /** Called for the first client, once. */
  readonly onKnock: () => void
  /** Who has said nothing of use for so long is no client. */
  readonly silenceMs?: number
}

/** A scanner says nothing, and every client of Postgres speaks first. */
const SILENCE_MS = 10_000
/** More than any pool opens at once; a flood of connections must not take our file descriptors. */
const HELD_AT_MOST = 500

/**
 * Listens at the place of a server that sleeps and holds who comes, until the server is there to take them over. What a
 * client sends is passed on as it came, so that TLS is between it and the server. Throws PORT_IN_USE.
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { host, port } = options
  // Half-open: a client that has said all may still wait for the answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  const door = new Door(server, options)
  server.listen({ host, port, exclusive: true })
  try {
    await once(server, 'listening')
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE' && errnoOf(error) !== 'EADDRNOTAVAIL') throw error
    throw new AppError('PORT_IN_USE', `nobody can listen on ${host}:${port}`, {
      details: { host, port, errno: errnoOf(error) },
      cause: error,
    })
  }
  return door
}

export class Door {
  readonly place: DoorPlace
  readonly #server: Server
  readonly #options: DoorOptions
  /** Each with what lets it go on as it came. */
  readonly #held = new Map<Socket, () => void>()
  readonly #sockets = new Set<Socket>()
  #knocked = false

  constructor(server: Server, options: DoorOptions) {
    this.place = { host: options.host, port: options.port }
    this.#server = server
    this.#options = options
    server.on('connection', (socket) => this.#hold(socket))
    // Out of file descriptors, say: who could not be let in tries again, and those who are held stay.
    server.on('error', () => undefined)
  }

  /** Whether a client waits. */
  get knocked(): boolean {
    return this.#knocked
  }

  /** Whether a connection that came through here still is. */
  get isInUse(): boolean {
    return this.#sockets.size > 0
  }

  /** Gives the place free, at once. Those who are held stay. */
  shut(): void {
    if (this.#server.listening) this.#server.close()
  }

  /** Connects everyone who is held to the server that has the place now, for as long as both sides want. */
  handOver(): void {
    this.shut()
    for (const [client, letGo] of this.#held) {
      letGo()
      // From the client's own address where it can be had, since the server decides by it who may enter.
      const from = client.remoteAddress?.startsWith('127.') ? client.remoteAddress : undefined
      const server = connect({
        ...this.place,
        allowHalfOpen: true,
        noDelay: true,
        ...(from ? { localAddress: from } : {}),
      })
      this.#track(server)
      client.on('close', () => server.destroy())
      server.on('close', () => client.destroy())
      client.pipe(server)
      server.pipe(client)
    }
    this.#held.clear()
  }

  /** Ends every connection that came through here. */
  drop(): void {
    this.shut()
    for (const socket of this.#sockets) socket.destroy()
    this.#held.clear()
  }

  #hold(socket: Socket): void {
    this.#track(socket)
    if (this.#held.size >= HELD_AT_MOST) return void socket.destroy()
    const leave = (): void => void socket.destroy()
    const silence = setTimeout(leave, this.#options.silenceMs ?? SILENCE_MS)
    let said = Buffer.alloc(0)
    const letGo = (): void => {
      clearTimeout(silence)
      socket.off('readable', listen)
      socket.off('end', leave)
      if (said.length > 0) socket.unshift(said)
      said = Buffer.alloc(0)
    }
    const listen = (): void => {
      for (let chunk = read(socket); chunk; chunk = read(socket)) {
        said = Buffer.concat([said, chunk])
      }
      const who = this.#options.whoSent(said)
      if (who === 'stranger') leave()
      if (who !== 'client') return
      letGo()
      if (this.#knocked) return
      this.#knocked = true
      this.#options.onKnock()
    }
    this.#held.set(socket, letGo)
    socket.on('readable', listen)
    socket.on('end', leave)
    socket.on('close', () => {
      clearTimeout(silence)
      this.#held.delete(socket)
    })
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    // A reset is an end like any other: 'close' follows.
    socket.on('error', () => undefined)
  }
}

const read = (socket: Socket): Buffer | null => socket.read() as Buffer | null
