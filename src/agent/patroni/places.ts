import { join } from 'node:path'
import type { MemberDocument, MemberPatroni } from '../../contract/documents/member.ts'
import type { PatroniPlaces } from '../../core/config/patroni.ts'
import { layout } from '../layout.ts'

/** A member that Patroni runs. */
export type PatroniDocument = MemberDocument & { readonly patroni: MemberPatroni }

export const isPatroni = (doc: MemberDocument): doc is PatroniDocument => doc.patroni !== undefined

/** Where such a member keeps what; below the member's own folder, and of the account that Patroni runs as. */
export const patroniPlaces = (doc: Pick<MemberDocument, 'directory'>) => {
  const folder = join(doc.directory, 'patroni')
  return {
    folder,
    configFile: join(folder, 'patroni.yml'),
    /** Not among the data, which Patroni replaces by a peer's. */
    settings: join(folder, 'howdah.conf'),
    certificate: join(folder, 'peer.pem'),
    authority: join(folder, 'ca.pem'),
    pgpass: join(folder, 'pgpass'),
    log: folder,
    data: layout(doc).data,
    /** What Patroni last knew of etcd; it would beat what a new scope is to begin with. */
    remembered: join(layout(doc).data, 'patroni.dynamic.json'),
    /** Which process runs it. */
    note: join(doc.directory, 'patroni.json'),
  } satisfies PatroniPlaces & Record<string, string>
}
