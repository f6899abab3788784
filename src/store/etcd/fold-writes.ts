import { AppError } from '../../errors/app-error.ts'
import { conflict } from '../conflict.ts'
import type { Write } from '../store.ts'

/** What becomes of one key in a write of many. */
export interface Fold {
  readonly key: string
  /** The revision that it must have before; 0: it must not be there. */
  readonly ifRevision?: number
  /** The last of its writes. */
  readonly write: Write
}

/**
 * A write of many as etcd takes it: conditions on what was before, and each key written once. The writes follow one another, so a
 * condition on a key that an earlier one of them wrote is decided here. Throws STORE_CONFLICT for one that cannot hold.
 */
export function foldWrites(writes: readonly Write[]): Fold[] {
  const folds = new Map<string, Fold>()
  for (const write of writes) {
    const { key, ifRevision } = write
    const before = folds.get(key)
    if (!before) {
      folds.set(key, { key, write, ...(ifRevision === undefined ? {} : { ifRevision }) })
      continue
    }
    // Nobody can know the revision that this very write will give.
    const holds = before.write.kind === 'delete' ? ifRevision === 0 : false
    if (ifRevision !== undefined && !holds) throw conflict(key)
    // Taken out first, so that changes come in the order of the writes.
    folds.delete(key)
    folds.set(key, { ...before, write })
  }
  return [...folds.values()]
}

/** Of `--max-txn-ops` (1024 in our configuration) etcd wants some for itself and we for the outcome. */
const MAX_KEYS = 1000
/** etcd's `--max-request-bytes` is 1.5 MiB; keys come twice, with some bytes around each. */
const MAX_BYTES = 1_400_000
const BYTES_AROUND = 100

/** Throws STORE_WRITE_TOO_LARGE for what etcd would not take at once. */
export function checkSize(folds: readonly Fold[]): void {
  const sizeBytes = folds
    .map(({ key, write }) => {
      const value = write.kind === 'put' ? JSON.stringify(write.value) : ''
      return 2 * Buffer.byteLength(key) + Buffer.byteLength(value) + BYTES_AROUND
    })
    .reduce((sum, bytes) => sum + bytes, 0)
  if (folds.length <= MAX_KEYS && sizeBytes <= MAX_BYTES) return
  const limits = `at most ${MAX_KEYS} documents of ${MAX_BYTES} bytes together fit`
  const message = `a write of ${folds.length} documents and ${sizeBytes} bytes is too large: ${limits}`
  throw new AppError('STORE_WRITE_TOO_LARGE', message, {
    details: { documents: folds.length, sizeBytes },
  })
}
