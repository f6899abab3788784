import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fdatasync,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { cannotShare } from './copy-file.ts'
import { errnoOf } from './file-errors.ts'
import { pathOfOpen } from './held-folder.ts'

/** One copying keeps half a core busy beside the disk; more threads than this gain nothing on any disk of one machine. */
const THREADS = { least: 2, most: 4 }
/** What a processor keeps near it: read and written in pieces of a MiB, the same file takes three times the processor. */
const pieceBytes = 64 * 1024
/** The disk begins so early that it has little left to do at the end. */
const flushBytes = 64 * 1024 * 1024
/** Progress is told so often. */
const noteBytes = 16 * 1024 * 1024

export interface CrewOptions {
  /** A file that vanishes is passed over. */
  readonly live: boolean
  /** The copies will be synced: the disk may begin with them at once. */
  readonly flush: boolean
  readonly signal?: AbortSignal | undefined
}

export interface CopiedFiles {
  readonly files: number
  /** Whether each of them shares its blocks with the original. */
  readonly shared: boolean
}

/** Threads that copy files, with plain calls: a data directory has a thousand files, and what Node does around each asynchronous call costs more than the call. */
export interface CopyCrew extends AsyncDisposable {
  /** Has its threads begin, which takes a tenth of a second and more on a busy machine; `copy` does it otherwise. */
  start(): void
  /**
   * Copies these regular files of a folder to another, where none of them may be, with mode and times, and as root owner; the first ones first.
   * What is no regular file any more is left out. Follows no link. Throws what the system says, or the signal's reason.
   */
  copy(
    from: string,
    to: string,
    names: readonly string[],
    onBytes: (bytes: number) => void,
  ): Promise<CopiedFiles>
}

/** One thread's part of a folder: each takes the next name until there is none. */
interface Order {
  readonly from: string
  readonly to: string
  readonly names: readonly string[]
  readonly taken: Int32Array
}

type Manner = Pick<CrewOptions, 'live' | 'flush'>

type Message =
  | { readonly kind: 'bytes'; readonly bytes: number }
  | ({ readonly kind: 'done' } & CopiedFiles)
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | undefined }

export function createCopyCrew({ live, flush, signal }: CrewOptions): CopyCrew {
  const size = Math.min(THREADS.most, Math.max(THREADS.least, availableParallelism()))
  let workers: Worker[] | undefined
  const start = (): Worker[] =>
    (workers ??= Array.from({ length: size }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: { crew: { live, flush } } })
      // One that fails before it has work is found out when it is to get some.
      return worker.on('error', () => {})
    }))
  const dispatch = (
    worker: Worker,
    order: Order,
    onBytes: (bytes: number) => void,
  ): Promise<CopiedFiles> =>
    new Promise((resolve, reject) => {
      const take = (message: Message): void => {
        if (message.kind === 'bytes') return onBytes(message.bytes)
        worker.off('message', take).off('error', fail).off('exit', fail)
        if (message.kind === 'done') return resolve(message)
        const { message: text, code } = message
        reject(Object.assign(new Error(text), { code }))
      }
      const fail = (error: unknown): void =>
        reject(error instanceof Error ? error : new Error('a thread that copies files has ended'))
      worker.on('message', take).on('error', fail).on('exit', fail)
      // It has ended before.
      if (worker.threadId === -1) fail(undefined)
      worker.postMessage(order, [])
    })
  const endings: Promise<unknown>[] = []
  const end = async (): Promise<void> => {
    endings.push(...(workers ?? []).map((worker) => worker.terminate()))
    workers = undefined
    await Promise.all(endings)
  }
  return {
    start: () => void start(),
    async copy(from, to, names, onBytes) {
      if (names.length === 0) return { files: 0, shared: true }
      const taken = new Int32Array(new SharedArrayBuffer(4))
      const order: Order = { from, to, names, taken }
      const stop = (): void => void end()
      signal?.addEventListener('abort', stop, { once: true })
      try {
        const parts = await Promise.all(
          start()
            .slice(0, names.length)
            .map((worker) => dispatch(worker, order, onBytes)),
        )
        signal?.throwIfAborted()
        return {
          files: parts.reduce((sum, part) => sum + part.files, 0),
          shared: parts.every((part) => part.shared),
        }
      } catch (error) {
        // The caller lets go of both folders now: a thread that is behind would find others under their descriptors' numbers.
        await end()
        signal?.throwIfAborted()
        throw error
      } finally {
        signal?.removeEventListener('abort', stop)
      }
    },
    [Symbol.asyncDispose]: end,
  }
}

/** In a thread of a crew. */
class Copyist {
  readonly #manner: Manner
  readonly #piece = Buffer.allocUnsafeSlow(pieceBytes)
  /** Until the file system says that it cannot. */
  #share = true
  #untoldBytes = 0

  constructor(manner: Manner) {
    this.#manner = manner
  }

  async follow({ from, to, names, taken }: Order): Promise<CopiedFiles> {
    let files = 0
    try {
      for (;;) {
        const name = names[Atomics.add(taken, 0, 1)]
        if (name === undefined) break
        if (await this.#copyFile(join(from, name), join(to, name))) files++
      }
    } catch (error) {
      // Nobody begins another one.
      Atomics.store(taken, 0, names.length)
      throw error
    }
    this.#tell()
    return { files, shared: this.#share }
  }

  /** False when there is no such file any more. */
  async #copyFile(from: string, to: string): Promise<boolean> {
    const source = this.#open(from)
    if (source === undefined) return false
    try {
      const stats = fstatSync(source)
      if (!stats.isFile()) return false
      if (this.#share && reflinkSync(pathOfOpen({ fd: source }, from), to)) {
        const target = openSync(to, constants.O_RDONLY | constants.O_NOFOLLOW)
        // It has the mode already: each change of a thousand files costs as much as a file.
        dress(target, stats, false)
        this.#count(stats.size)
        return true
      }
      this.#share = false
      const target = openSync(to, 'wx', 0o600)
      try {
        await this.#copyBytes(source, target)
      } catch (error) {
        closeSync(target)
        throw error
      }
      dress(target, stats, true)
      return true
    } finally {
      closeSync(source)
    }
  }

  #open(path: string): number | undefined {
    try {
      // A pipe that took the file's place must not block us.
      return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if (this.#manner.live && errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** To where the source ends when it comes there. */
  async #copyBytes(source: number, target: number): Promise<void> {
    const piece = this.#piece
    let unflushedBytes = 0
    let flushing: Promise<void> | undefined
    for (;;) {
      const bytes = readSync(source, piece, 0, piece.length, null)
      if (bytes === 0) break
      for (let written = 0; written < bytes;) {
        written += writeSync(target, piece, written, bytes - written)
      }
      this.#count(bytes)
      unflushedBytes += bytes
      if (!this.#manner.flush || unflushedBytes < flushBytes) continue
      unflushedBytes = 0
      await flushing
      // Not waited for: the disk works while the next part is copied.
      flushing = flushed(target)
      // The failure is thrown where it is awaited.
      flushing.catch(() => {})
    }
    await flushing
  }

  #count(bytes: number): void {
    this.#untoldBytes += bytes
    if (this.#untoldBytes >= noteBytes) this.#tell()
  }

  #tell(): void {
    say({ kind: 'bytes', bytes: this.#untoldBytes })
    this.#untoldBytes = 0
  }
}

const isRoot = process.geteuid?.() === 0

const flushed = promisify(fdatasync)

/** Gives an open copy what the original has, and closes it. */
function dress(target: number, { uid, gid, mode, atime, mtime }: Stats, withMode: boolean): void {
  try {
    if (isRoot) fchownSync(target, uid, gid)
    if (withMode) fchmodSync(target, mode & 0o7777)
    futimesSync(target, atime, mtime)
  } finally {
    closeSync(target)
  }
}

function reflinkSync(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch (error) {
    if (!cannotShare.has(errnoOf(error) ?? '')) throw error
    rmSync(to, { force: true })
    return false
  }
}

const say = (message: Message): void => parentPort?.postMessage(message, [])

const { crew } = (workerData ?? {}) as { crew?: Manner }
if (!isMainThread && crew) {
  const copyist = new Copyist(crew)
  parentPort?.on('message', (order: Order) => {
    copyist.follow(order).then(
      (copied) => say({ kind: 'done', ...copied }),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        say({ kind: 'failed', message, code: errnoOf(error) })
      },
    )
  })
}
