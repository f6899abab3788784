import type { Location } from '../contract/project.ts'
import type { Findings } from './findings.ts'
import { readImage } from './image.ts'
import { child, type Mapping } from './tree.ts'

/** Other things that are managed elsewhere, and what each is. */
const others: Readonly<Record<string, string>> = {
  'x-defang-redis': 'Redis',
  'x-defang-mongodb': 'MongoDB',
  'x-defang-llm': 'a language model',
  provider: 'a Compose provider',
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
    const message = `${other} (${others[other]}) of service "${name}" is left alone: Howdah manages Postgres.`
    findings.note(place, message)
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
