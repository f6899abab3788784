import { join } from 'node:path'
import type { Lineage } from '../../contract/lineage.ts'
import type { Owner } from '../../system/files.ts'

/** Where the copy engine keeps what of a lineage: all below its own folder, so that the folder alone is enough to restore. */
export const lineageFolder = ({ directory }: Pick<Lineage, 'directory'>) => ({
  root: directory,
  description: join(directory, 'lineage.json'),
  /** The server archives here; it is the server's account's. */
  incoming: join(directory, 'incoming'),
  wal: join(directory, 'wal'),
  index: join(directory, 'wal', 'index.jsonl'),
  bases: join(directory, 'bases'),
  /** WAL that came again with another content, or from another server. */
  different: join(directory, 'different'),
  /** Other WAL than the archive has, of its own server: that went on from an older state. */
  forked: join(directory, 'forked'),
  /** WAL that came and is not whole. */
  damaged: join(directory, 'damaged'),
})

export type LineageFolder = ReturnType<typeof lineageFolder>

/** Where one base backup is. `id` may end in `.part`: it is being made then, or its maker died. */
export const baseFolder = ({ bases }: Pick<LineageFolder, 'bases'>, id: string) => ({
  root: join(bases, id),
  data: join(bases, id, 'data'),
  manifest: join(bases, id, 'backup_manifest'),
  note: join(bases, id, 'backup.json'),
})

/** The ending of a base that does not count. */
export const PART = '.part'

/** Where a file that a server archived is kept: segments are compressed, and stand in their timeline's folder. */
export function placeInWal(
  { wal }: Pick<LineageFolder, 'wal'>,
  name: string,
): { folder: string; path: string; packed: boolean } {
  if (name.endsWith('.history')) return { folder: wal, path: join(wal, name), packed: false }
  const folder = join(wal, name.slice(0, 8))
  const packed = !name.endsWith('.backup')
  return { folder, path: join(folder, packed ? `${name}.zst` : name), packed }
}

/** Mode and owner of a folder of ours that the account of a restoring server may look into, and nobody else. */
export const openToGroup = (account: Owner | undefined): { mode: number; owner?: Owner } =>
  account
    ? { mode: 0o750, owner: { uid: process.geteuid?.() ?? 0, gid: account.gid } }
    : { mode: 0o700 }
