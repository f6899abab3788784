import { replicatorSql } from '../../core/config/patroni-access.ts'
import { removeTree } from '../../system/files.ts'
import { asSuperuser } from '../as-superuser.ts'
import { type PatroniDocument, patroniPlaces } from './places.ts'

/**
 * Makes a running server, which is nobody's replica, ready to be the first member of its scope: with the role that the others copy
 * by, and without what Patroni remembers of another scope that these data were copied from. Repeatable.
 */
export async function prepareFounding(doc: PatroniDocument): Promise<void> {
  await removeTree(patroniPlaces(doc).remembered)
  // Not to wait for a replica that is not there yet.
  const script = `set synchronous_commit = local;\n${replicatorSql}`
  await asSuperuser(doc, (sql) => sql.exec(script))
}
