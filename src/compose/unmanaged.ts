import type { Location } from '../contract/project.ts'
import type { Findings } from './findings.ts'
import { readImage } from './image.ts'
import { child, type Mapping } from './tree.ts'

/** What other managed things a service may be, which Howdah does not run. */
const others: Readonly<Record<string, string>> = {
  'x-defang-redis': 'a managed Redis',
  'x-defang-mongodb': 'a managed MongoDB',
  'x-defang-llm': 'a managed language model',
  provider: 'made by a Compose provider',
}

/** Says what is left to Docker Compose, and where a database that could be managed is not. */
export function noteUnmanaged(
  name: string,
  service: Mapping,
  at: Location,
  marked: 'off' | 'absent',
  findings: Findings,
): void {
  const other = Object.keys(others).find((key) => service.entries.has(key))
  if (other !== undefined) {
    const place = service.entries.get(other)!.at
    const what = `service "${name}" has \`${other}\` (${others[other]})`
    findings.note(place, `${what}; Howdah leaves it alone.`)
    return
  }
  const image = child(service, 'image')
  if (marked === 'off' || image?.kind !== 'scalar') return
  const { kind } = readImage(image.text)
  if (kind === 'postgres' || kind === 'unclear') {
    findings.note(
      at,
      `service "${name}" is a Postgres that is not managed; to have it managed, add \`x-howdah-postgres: true\`.`,
    )
  }
}
