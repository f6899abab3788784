import type { MemberDocument } from '../contract/documents/member.ts'
import type { MemberSeen } from '../core/plan/converge-member.ts'
import { whoSent } from '../core/wire/first-bytes.ts'
import { type Door, openDoor } from '../system/door.ts'

/** Stands at the endpoint of a member whose server sleeps. */
export class Doorman {
  readonly #onKnock: () => void
  #door: Door | undefined
  /** Those whose clients go on through us to the server that they woke. */
  #handedOver: Door[] = []

  constructor(onKnock: () => void) {
    this.#onKnock = onKnock
  }

  /** The door of a server that starts, which it gets the clients from. */
  get door(): Door | undefined {
    return this.#door
  }

  /** How it is at the endpoint that the document names. */
  state({ endpoint }: MemberDocument): MemberSeen['door'] {
    if (!this.#door) return 'closed'
    const { host, port } = this.#door.place
    if (host !== endpoint.host || port !== endpoint.port) return 'elsewhere'
    return this.#door.knocked ? 'knocked' : 'open'
  }

  async open({ endpoint }: MemberDocument): Promise<void> {
    this.#door = await openDoor({ ...endpoint, whoSent, onKnock: this.#onKnock })
  }

  /** Gives the server who waits. */
  handOver(): void {
    if (!this.#door) return
    this.#door.handOver()
    this.#handedOver.push(this.#door)
    this.#handedOver = this.#handedOver.filter((door) => door.isInUse)
    this.#door = undefined
  }

  /** Sends away who waits. */
  close(): void {
    this.#door?.drop()
    this.#door = undefined
  }

  /** Nobody goes through us any more. */
  end(): void {
    this.close()
    for (const door of this.#handedOver) door.drop()
    this.#handedOver = []
  }
}
