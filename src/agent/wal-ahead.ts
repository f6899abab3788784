import type { MemberDocument } from '../contract/documents/member.ts'
import { lsnOf } from '../core/wal/lsn.ts'
import { segmentName, segmentPlace } from '../core/wal/segment-name.ts'
import { ensureDirectory, exists, removeTree } from '../system/files.ts'
import { readControlData } from '../system/tools/control-data.ts'
import { unpackAhead } from '../system/wal-ahead.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout, subjectOf } from './layout.ts'

/**
 * Has unpacked WAL stand ready for a server that is to recover from an archive of ours. It only saves time: without it, and when it
 * fails, the server's restore_command asks the archive itself.
 */
export class WalAhead {
  readonly #env: Pick<AgentEnvironment, 'account' | 'log'>
  #end: (() => Promise<void>) | undefined

  constructor(env: Pick<AgentEnvironment, 'account' | 'log'>) {
    this.#env = env
  }

  /**
   * Until `end`; best before the data are copied, so that the first segment is there when the server asks for it. For one that does not recover, only
   * what an earlier recovery left goes.
   */
  async begin(doc: MemberDocument, recovers: boolean): Promise<void> {
    if (this.#end) return
    const { walAhead: folder } = layout(doc)
    // What is left of an earlier one may not be whole after a power cut.
    await removeTree(folder)
    const wal = doc.source.kind === 'copy' ? doc.source.wal : undefined
    if (!recovers || !wal) return
    const { account } = this.#env
    await ensureDirectory(doc.directory, { mode: 0o711 })
    await ensureDirectory(folder, { mode: 0o700, owner: account })
    const { directory, segmentBytes } = wal
    const first = await firstSegment(doc, wal)
    const stop = new AbortController()
    const owner = account && { uid: account.uid, gid: account.gid }
    const ended = unpackAhead(
      { wal: directory, segmentBytes, first, folder, owner },
      { signal: stop.signal },
    ).catch((error: unknown) => {
      if (stop.signal.aborted) return
      this.#env.log('no more WAL is unpacked ahead', { subject: subjectOf(doc), error })
    })
    this.#end = async () => {
      stop.abort()
      await ended
      await removeTree(folder)
    }
  }

  async end(): Promise<void> {
    const end = this.#end
    this.#end = undefined
    await end?.()
  }
}

/** Where a recovery goes on that was cut short; `first` while it has not gone past the base itself. */
async function firstSegment(
  doc: MemberDocument,
  { segmentBytes, first }: { readonly segmentBytes: number; readonly first: string },
): Promise<string> {
  const { data } = layout(doc)
  if (!(await exists(data)) || (await exists(`${data}/backup_label`))) return first
  const { redoLsn } = await readControlData(data)
  const { timeline, startLsn } = segmentPlace(first, segmentBytes)
  const from = lsnOf(redoLsn)
  return from > startLsn ? segmentName(timeline, from, segmentBytes) : first
}
