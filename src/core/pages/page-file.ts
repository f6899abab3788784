import { PAGE_BYTES } from './page-checksum.ts'

/** Postgres begins another file of a relation when one has 1 GiB. */
const FILE_BYTES = 2 ** 30

/** A relation's main file and its forks, of each maybe several files: `16384`, `16384_fsm`, `16384_vm.2`. */
const relationFile = /^\d+(?:_(?:fsm|vm|init))?(?:\.([1-9]\d*))?$/

/** Folders with such files: the shared catalogs, a database, a database in a tablespace. */
const relationFolder = /^(?:global|base\/\d+|pg_tblspc\/\d+\/PG_[^/]+\/\d+)$/

/**
 * The block with which a file of the data directory begins, when it is made of pages that have checksums; undefined for others.
 * The path is relative to the data directory. Temporary relations, of which a restored server keeps nothing, count as others.
 */
export function firstBlockOf(relativePath: string): number | undefined {
  const slash = relativePath.lastIndexOf('/')
  if (slash < 0 || !relationFolder.test(relativePath.slice(0, slash))) return undefined
  const match = relationFile.exec(relativePath.slice(slash + 1))
  return match ? Number(match[1] ?? 0) * (FILE_BYTES / PAGE_BYTES) : undefined
}
