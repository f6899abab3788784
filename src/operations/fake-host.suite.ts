import { fakeBackupEngine, type FakeRepositories } from '../backups/fake/fake-backup-engine.ts'
import type { MemberDocument, MemberStatus } from '../contract/documents/member.ts'
import { createFakeDriver, type FakeMachine } from '../drivers/fake/fake-driver.ts'
import { AppError } from '../errors/app-error.ts'
import { documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import type { Dependencies, NewEvent, Secrets } from './dependencies.ts'
import type { HostMachine } from './host/machine.ts'

/** An agent that makes every server as its document says, at once, until the signal aborts. */
export async function runFakeAgent(
  store: Store,
  machine: FakeMachine,
  refuses: (doc: MemberDocument) => AppError | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { members, observed } = documents(store)
  for await (const change of store.watch('members/', signal)) {
    if (change.kind === 'delete') continue
    const { value: doc, revision } = members.parse(change.entry)
    const error = doc.wanted === 'running' ? refuses(doc) : undefined
    if (!error) converge(machine, doc)
    const { configGeneration, restartGeneration } = doc
    const status: MemberStatus = {
      format: 1,
      state: error ? 'failed' : doc.wanted === 'running' ? 'ready' : doc.wanted,
      memberRevision: revision,
      configGeneration,
      restartGeneration,
      restarts: 0,
      failures: error ? 1 : 0,
      ...(error ? { error: error.toJSON() } : {}),
    }
    const id = [doc.project, doc.service, String(doc.index)]
    await store.write([observed.put(id, status)])
  }
}

function converge(machine: FakeMachine, doc: MemberDocument): void {
  const { servers, folders } = machine
  if (doc.wanted !== 'running') {
    servers.delete(doc.directory)
    if (doc.wanted === 'absent') folders.delete(doc.directory)
    return
  }
  if (servers.has(doc.directory)) return
  if (!folders.has(doc.directory)) makeData(machine, doc)
  const copied = doc.source.kind === 'copy' || doc.source.kind === 'move' ? ['app'] : []
  servers.set(doc.directory, { databases: new Set(copied), changes: new Set() })
}

/** As strict as the real agent: a copy needs what it copies, and what moves is there no longer. */
function makeData({ copies, folders }: FakeMachine, { directory, source }: MemberDocument): void {
  const isCopied = source.kind === 'move' || (source.kind === 'copy' && !source.recover)
  if (isCopied && !copies.has(source.directory)) {
    throw new Error(`${source.directory} is not there to be copied`)
  }
  if (source.kind === 'move') copies.delete(source.directory)
  folders.add(directory)
}

/** A process's life: after so many effects on the world it is as if it was killed, and has no more effect. */
export class Life {
  readonly #end = new AbortController()
  #left: number

  constructor(effects = Infinity) {
    this.#left = effects
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }
  get isOver(): boolean {
    return this.signal.aborted
  }
  end(): void {
    this.#end.abort(new Error('killed'))
  }

  /** The same object; each call of these methods is an effect. */
  of<T extends object>(target: T, isEffect: (method: string) => boolean): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value = Reflect.get(target, name, target) as unknown
        if (typeof value !== 'function') return value
        return (...given: unknown[]) => {
          if (isEffect(String(name))) this.#spend()
          return Reflect.apply(value, target, given) as unknown
        }
      },
    })
  }

  #spend(): void {
    if (this.#left-- <= 0) this.end()
    this.signal.throwIfAborted()
  }
}

const effects = [
  'ensureEngine',
  'session',
  'copyRunning',
  'copyStopped',
  'removeCopy',
  'runScript',
  'keepSnapshot',
  'removeSnapshot',
  'exportData',
  'removeExport',
]

const backupEffects = ['prepare', 'describe', 'backup', 'remove', 'pruneWal', 'removeLineage']

/** Nothing here is done to a machine as a host: a procedure that does it has its own tests. */
const noMachine = new Proxy({} as HostMachine, {
  get: (_, method) => (): never => {
    throw new Error(`the fake machine is no host: ${String(method)}`)
  },
})

/** Unique over all lives, as the real ones are. */
let ids = 0

/** What procedures work with in one life of a daemon on this machine. */
export function dependenciesOf(
  store: Store,
  machine: FakeMachine,
  repositories: FakeRepositories,
  life: Life,
): { store: Store; dependencies: Dependencies; events: NewEvent[] } {
  const mortal = life.of(store, (method) => method === 'write')
  const events: NewEvent[] = []
  const keeper = life.of(fakeBackupEngine(repositories), (method) => backupEffects.includes(method))
  const dependencies: Dependencies = {
    store: mortal,
    documents: documents(mortal),
    driver: life.of(createFakeDriver(machine), (method) => effects.includes(method)),
    backups: { of: () => keeper, choose: () => keeper },
    secrets,
    event: async (event) => void events.push(event),
    newId: () => `id${String(++ids).padStart(6, '0')}`,
    host: undefined,
    machine: noMachine,
  }
  return { store: mortal, dependencies, events }
}

/** Readable, and as strict as the real ones: a value opens only under the name it was sealed for. */
export const secrets: Secrets = {
  seal: (name, value) => JSON.stringify([name, value]),
  open: (name, sealed) => {
    const [sealedFor, value] = JSON.parse(sealed) as [string, string]
    if (sealedFor !== name) throw new Error(`sealed for ${sealedFor}, opened as ${name}`)
    return value
  },
  fingerprint: (name, value) => `fingerprint of ${name} ${value}`,
  scramVerifier: (password) => `verifier of ${password}`,
}
