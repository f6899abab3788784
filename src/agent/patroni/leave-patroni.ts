import type { MemberDocument } from '../../contract/documents/member.ts'
import { ensureDirectory, exists, removeTree } from '../../system/files.ts'
import { findRunningServer } from '../../system/tools/running-server.ts'
import { asSuperuser } from '../as-superuser.ts'
import { findPatroniProcess, killPatroni } from './patroni-process.ts'
import { patroniPlaces } from './places.ts'

/** Patroni's slots for members that are no more; nobody reads them, and WAL would be kept for them. */
const dropSlots = `select pg_catalog.pg_drop_replication_slot(slot_name) from pg_catalog.pg_replication_slots
  where slot_type = 'physical' and not temporary and not active`

/** A primary becomes a server by itself again: its Patroni ends, the server runs on. Nothing happens where no Patroni ran. */
export async function leavePatroni(doc: MemberDocument): Promise<void> {
  const { note, folder, remembered, data } = patroniPlaces(doc)
  if (!(await exists(folder))) return
  const patroni = await findPatroniProcess(doc, { thoroughly: true })
  if (patroni) await killPatroni(patroni)
  const server = await findRunningServer(data)
  if (server?.state === 'ready') await asSuperuser(doc, (sql) => sql.exec(dropSlots))
  await ensureDirectory(doc.directory, {
    mode: 0o711,
    owner: process.geteuid?.() === 0 ? { uid: 0, gid: 0 } : undefined,
  })
  // The folder last: as long as it is there, this is not done.
  for (const path of [note, remembered, folder]) await removeTree(path)
}
