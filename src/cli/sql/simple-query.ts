import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Outcome, ResultColumn } from './outcome.ts'

/** The part of pg's connection that a query of our own needs; stable, for pg-cursor and pg-copy-streams stand on it. */
interface Wire {
  readonly stream: Duplex
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

export type CopySource = AsyncIterable<Buffer | string> | Iterable<Buffer | string>

export interface Exchange {
  /** What `COPY … FROM stdin` reads. */
  readonly copyIn?: CopySource | undefined
  /** Gets what `COPY … TO stdout` gives. */
  readonly copyOut: (chunk: Buffer) => void
}

/**
 * A query of the simple protocol, for `client.query`. Unlike pg's own it keeps values as the server wrote them, keeps
 * several results apart, and carries COPY both ways. `done` gives the outcomes, or rejects with pg's DatabaseError.
 */
export class SimpleQuery {
  readonly done: Promise<Outcome[]>
  readonly #text: string
  readonly #exchange: Exchange
  readonly #settle = Promise.withResolvers<Outcome[]>()
  readonly #outcomes: Outcome[] = []
  #columns: ResultColumn[] | undefined
  #rows: (string | null)[][] = []
  #copiedOut = false
  #over = false

  constructor(text: string, exchange: Exchange) {
    this.#text = text
    this.#exchange = exchange
    this.done = this.#settle.promise
  }

  submit(wire: Wire): null {
    wire.query(this.#text)
    return null
  }
  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }))
  }
  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#rows.push(fields)
  }
  handleCommandComplete({ text }: { text: string }): void {
    if (this.#columns) {
      this.#outcomes.push({ kind: 'rows', columns: this.#columns, rows: this.#rows, tag: text })
    } else if (!this.#copiedOut) {
      // Data on stdout speaks for itself; psql shows no tag after it either.
      this.#outcomes.push({ kind: 'command', tag: text })
    }
    this.#columns = undefined
    this.#rows = []
    this.#copiedOut = false
  }
  handleCopyInResponse(wire: Wire): void {
    void this.#sendCopy(wire).catch((error: unknown) => wire.sendCopyFail(String(error)))
  }
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#copiedOut = true
    if (this.#over) return
    try {
      this.#exchange.copyOut(chunk)
    } catch (error) {
      this.handleError(error as Error)
    }
  }
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleError(error: Error): void {
    this.#over = true
    this.#settle.reject(error)
  }
  handleReadyForQuery(): void {
    this.#settle.resolve(this.#outcomes)
  }

  async #sendCopy(wire: Wire): Promise<void> {
    if (this.#exchange.copyIn === undefined) {
      wire.sendCopyFail('no data was given')
      return
    }
    for await (const chunk of this.#exchange.copyIn) {
      // After an error the server throws the rest away.
      if (this.#over) return
      wire.sendCopyFromChunk(Buffer.from(chunk as string))
      if (wire.stream.writableNeedDrain) await once(wire.stream, 'drain')
    }
    wire.endCopyFrom()
  }
}
