import { writeAtomic } from '../files.ts'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withFileErrors } from '../file-errors.ts'

/** postgresql-common reads all files of this folder before it makes a cluster for a server package that is new. */
const PATH = '/etc/postgresql-common/createcluster.d/no-main.conf'

const TEXT = `# Written by Howdah: a Postgres package that is installed anew gets no cluster “main” by itself. \`pg_createcluster\` still makes one.
create_main_cluster = false
`

/** Keeps the distribution’s Postgres packages from making and starting a cluster of their own. It stays: a host’s Postgres is Howdah’s. */
export async function forbidMainCluster(path = PATH): Promise<void> {
  await withFileErrors(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    await writeAtomic(path, TEXT, { mode: 0o644 })
  })
}
