import { join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import { namesIn } from '../../system/entries.ts'
import { exists, removeTree, writeAtomic } from '../../system/files.ts'
import { dataOf, type Stanza } from './stanza.ts'
import { readInfo } from './stored-backups.ts'

/**
 * Makes the stanza in each repository that never had it. Once made it is never made again: a repository that has lost it is most
 * likely not there, as when its file system is not mounted, and a new one in its place would take WAL to nowhere.
 * Needs the server's data, running or not; without data it waits for the next time.
 */
export async function ensureStanza(stanza: Stanza, member: MemberDocument): Promise<void> {
  const { files, repositories } = stanza
  const data = dataOf(member)
  for (const index of repositories.keys()) {
    if (await isMade(stanza, index)) continue
    if (!(await exists(join(data, 'global', 'pg_control')))) return
    const configFile = configOf(stanza, index)
    try {
      // Makes it where it is not, and leaves it where it is.
      await stanza.call(['stanza-create', '--no-online', `--pg1-path=${data}`], {
        configFile,
        repo: index + 1,
      })
    } catch (error) {
      if (index === 0) throw error
      // Of the off-site one the archive tells; the server's own WAL does not wait for it.
      continue
    }
    await writeAtomic(markOf(stanza, index), '', { mode: 0o600 })
  }

  function configOf({ repositories }: Stanza, index: number): string {
    if (repositories.length === 1) return files.config
    return index === 0 ? files.primaryConfig : files.offsiteConfig
  }
}

/** REPOSITORY_UNREACHABLE for a first repository whose stanza was made once and is not there now. */
export async function expectStanza(stanza: Stanza): Promise<void> {
  if (!(await isMade(stanza, 0))) return
  const [first] = (await readInfo(stanza, 1)).repositories
  if (first?.state !== 'missing') return
  const { name, storage } = stanza.repositories[0].repository
  const why = storage.type === 'posix' ? `; is ${storage.path} not mounted?` : ''
  const message = `the repository “${name}” has nothing of the lineage ${stanza.lineage.id} any more${why}`
  throw new AppError('REPOSITORY_UNREACHABLE', message)
}

/** A repository that the lineage has left may have lost it by the time when it comes back. */
export async function forgetOtherStanzas({ lineage, repositories }: Stanza): Promise<void> {
  const marks = repositories.map(({ repository }) => markName(repository.name))
  for (const name of await namesIn(lineage.directory)) {
    if (name.startsWith(MARK) && !marks.includes(name)) {
      await removeTree(join(lineage.directory, name))
    }
  }
}

const isMade = (stanza: Stanza, index: number): Promise<boolean> => exists(markOf(stanza, index))

/** A file that says that this machine has seen the stanza there. */
function markOf({ lineage, repositories }: Stanza, index: number): string {
  const name = repositories[index]?.repository.name ?? ''
  return join(lineage.directory, markName(name))
}

const MARK = 'stanza-in-'

const markName = (repository: string): string => `${MARK}${encodeURIComponent(repository)}`
