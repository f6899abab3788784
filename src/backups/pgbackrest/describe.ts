import { LineageDocument } from '../../contract/documents/lineage.ts'
import { parseJson } from '../../core/pgbackrest/json.ts'
import { AppError } from '../../errors/app-error.ts'
import { describeLineage as describeInFolder, lineagesIn } from '../copy/description.ts'
import type { PgbackrestSite } from './site.ts'
import type { Stanza } from './stanza.ts'
import { withRepository } from './with-repository.ts'

/** The folder of a repository, beside pgBackRest's own, that says what each lineage is. */
export const DESCRIPTIONS = 'howdah'

const pathOf = (lineage: string): string => `${DESCRIPTIONS}/${lineage}/lineage.json`

/**
 * Writes what the lineage is into its folder and into each repository; in clear, for its one secret is sealed. An off-site
 * repository that is away is no failure: it is written to with every change.
 */
export async function describeLineage({ lineage, repositories, call }: Stanza): Promise<void> {
  await describeInFolder(lineage)
  for (const index of repositories.keys()) {
    try {
      await call(['repo-put', pathOf(lineage.id), '--raw', `--repo=${index + 1}`], {
        stanza: false,
        input: `${JSON.stringify(lineage, undefined, 2)}\n`,
      })
    } catch (error) {
      if (index === 0 || !(error instanceof AppError)) throw error
    }
  }
}

/**
 * Every lineage of ours in a folder of lineages (an absolute path), or in a repository that this home knows by name: as
 * described there, with the places and the repository's name that they have here.
 */
export async function discoverLineages(
  site: PgbackrestSite,
  place: string,
): Promise<LineageDocument[]> {
  if (!place.startsWith('/')) return inRepository(site, place)
  return (await lineagesIn(place)).filter(({ engine }) => engine === 'pgbackrest')
}

async function inRepository(site: PgbackrestSite, repository: string): Promise<LineageDocument[]> {
  return withRepository(site, await site.repository(repository), async (call) => {
    const { stdout } = await call(['repo-ls', DESCRIPTIONS])
    const found: LineageDocument[] = []
    for (const id of stdout.split('\n').filter((name) => /^[a-z0-9]{6,32}$/.test(name))) {
      const { stdout: text, exitCode } = await call(['repo-get', pathOf(id), '--raw'], {
        alsoFine: [FILE_MISSING],
      })
      const lineage = exitCode === 0 ? LineageDocument.safeParse(parseJson(text)) : undefined
      // One that is removed just now, or that a newer Howdah wrote, is none that we can restore.
      if (!lineage?.success) continue
      const { offsite: _, ...policy } = lineage.data.recipe.policy
      const recipe = { ...lineage.data.recipe, policy: { ...policy, repository } }
      const directory = site.placeLineage(id)
      found.push({ ...lineage.data, directory, keptIn: { repository }, recipe })
    }
    return found
  })
}

const FILE_MISSING = 55
