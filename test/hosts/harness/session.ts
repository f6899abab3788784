import { Socket } from 'node:net'
import { Client, type QueryResult } from 'pg'

/** Patroni's own Jepsen suite gives up after so long and calls the outcome indeterminate. */
const OPERATION_MS = 5000
/** As `connect_timeout=2`, the least that libpq takes, for each host of a URL. */
const CONNECT_MS = 2000

interface Open {
  readonly client: Client
  readonly socket: Socket
  /** Set when the server said that a commit waits no longer for its standby, so that it may yet be lost. */
  isUnsure: boolean
}

/** A client's connection, made when it is needed and never used again after a failure. */
export class Session {
  readonly #urls: readonly string[]
  #next: number
  #open: Open | undefined

  constructor(urls: readonly string[], first: number) {
    this.#urls = urls
    this.#next = first
  }

  /** Connects where there is no connection: to each host in turn, until one answers. Throws what the last one failed with. */
  async connect(): Promise<void> {
    if (this.#open) return
    let failure: unknown
    for (let tried = 0; tried < this.#urls.length; tried++) {
      const url = this.#urls[this.#next % this.#urls.length] ?? ''
      try {
        this.#open = await open(url)
        return
      } catch (error) {
        failure = error
        this.#next++
      }
    }
    throw failure
  }

  /** Throws after a time in which nothing was heard; the connection is then no more. */
  async query(
    text: string,
    values?: readonly unknown[],
    withinMs = OPERATION_MS,
  ): Promise<QueryResult> {
    const { client, socket } = this.#needed()
    return inTime(withinMs, socket, client.query(text, values ? [...values] : undefined))
  }

  /** Whether the server warned since the last call that what it acknowledges may be lost. */
  takeDoubt(): boolean {
    const open = this.#needed()
    const { isUnsure } = open
    open.isUnsure = false
    return isUnsure
  }

  /** Breaks the connection off; the next one is tried at the next host first when this one was lost rather than refused. */
  drop({ isLost = false } = {}): void {
    this.#open?.socket.destroy()
    this.#open = undefined
    if (isLost) this.#next++
  }

  #needed(): Open {
    if (this.#open) return this.#open
    throw new Error('not connected')
  }
}

async function open(url: string): Promise<Open> {
  const socket = new Socket()
  const client = new Client({ connectionString: url, stream: () => socket })
  const opened: Open = { client, socket, isUnsure: false }
  // Whoever waits for an answer hears of it; between two operations the next one does.
  client.on('error', () => {})
  client.on('notice', ({ severity }) => (opened.isUnsure ||= severity === 'WARNING'))
  await inTime(CONNECT_MS, socket, client.connect())
  return opened
}

async function inTime<T>(ms: number, socket: Socket, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing was heard for ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, silence])
  } catch (error) {
    socket.destroy()
    // Its own end is of no interest once we have given up on it.
    work.catch(() => {})
    throw error
  } finally {
    clearTimeout(timer)
  }
}
