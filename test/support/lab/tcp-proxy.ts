import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** One connection through the proxy. */
interface Pair {
  readonly client: Socket
  readonly upstream: Socket
  /** What comes back next is lost, and the connection with it. */
  losing: boolean
  /** What the client sends waits here; undefined: it is passed on. */
  held: Buffer[] | undefined
}

/** Stands in front of a server that speaks TLS, sees only bytes, and does with whole connections what a bad network does. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  /** Nobody comes through. */
  refuses = false
  /** Answers that were lost so far. */
  lost = 0

  private constructor(target: { readonly address: string; readonly clientPort: number }) {
    this.#server = createServer((client) => {
      if (this.refuses) return client.destroy()
      this.#join(client, connect(target.clientPort, target.address))
    })
  }

  static async start(target: { address: string; clientPort: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Ends all connections. */
  cut(): void {
    for (const { client, upstream } of this.#pairs) {
      client.destroy()
      upstream.destroy()
    }
  }

  /** Each connection that is open now loses the next answer. Later ones do not. */
  loseAnswers(): void {
    for (const pair of this.#pairs) pair.losing = true
  }

  /** What comes on the connections that are open now is on its way for as long as it takes. Gives how to let it arrive. */
  holdRequests(): () => Promise<void> {
    const pairs = [...this.#pairs]
    for (const pair of pairs) pair.held = []
    return async () => {
      const late = pairs.filter(({ held }) => held && held.length > 0)
      const answers = late.map(({ upstream }) => once(upstream, 'data'))
      for (const { held, upstream } of late) upstream.write(Buffer.concat(held ?? []))
      await Promise.all(answers)
      for (const { upstream } of pairs) upstream.destroy()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, upstream: Socket): void {
    const pair: Pair = { client, upstream, losing: false, held: undefined }
    this.#pairs.add(pair)
    client.on('data', (bytes) => {
      if (pair.held) pair.held.push(bytes)
      else upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (!pair.losing) return client.write(bytes)
      this.lost++
      client.destroy()
      return upstream.destroy()
    })
    // What was held arrives though its sender is gone.
    client.on('error', () => {}).on('close', () => pair.held ?? upstream.destroy())
    upstream
      .on('error', () => {})
      .on('close', () => {
        client.destroy()
        this.#pairs.delete(pair)
      })
  }
}
