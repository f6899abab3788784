import type { HostFile } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Store } from '../../store/store.ts'
import { intoCluster } from '../../operations/host/moved-documents.ts'

/** What one document may have in etcd, with room for all that goes around it. SQLite takes more. */
const LARGEST_BYTES = 1_300_000

/** Throws STORE_WRITE_TOO_LARGE when a document that is to move does not fit into etcd. */
export async function expectMovable(store: Store, file: HostFile): Promise<void> {
  const convert = intoCluster(file)
  for (const entry of await store.list('')) {
    const value = convert(entry)
    if (value === undefined) continue
    const sizeBytes = Buffer.byteLength(JSON.stringify(value))
    if (sizeBytes <= LARGEST_BYTES) continue
    throw new AppError('STORE_WRITE_TOO_LARGE', `${entry.key} has ${sizeBytes} bytes`, {
      details: { key: entry.key, sizeBytes, limitBytes: LARGEST_BYTES },
      hint: 'A cluster keeps at most 1.3 MB in one piece. Make it smaller (an init script, a finished operation), then run the command again.',
    })
  }
}
