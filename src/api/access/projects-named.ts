import type { Within } from '../../contract/access.ts'
import type { Documents } from '../../store/documents.ts'

/** What a restriction looks at in a call's input. */
interface Input {
  readonly project?: unknown
  readonly lineage?: unknown
  readonly id?: unknown
  readonly drill?: unknown
  readonly name?: unknown
  readonly services?: unknown
}

/** The projects that a call touches, as far as `within` looks. What is not there is of none: the handler says so. */
export async function projectsNamed(
  documents: Documents,
  within: Within,
  input: Input,
): Promise<string[]> {
  switch (within) {
    case 'project':
      return typeof input.project === 'string' ? [input.project] : []
    case 'lineage':
      return ofLineage(documents, input.lineage)
    case 'snapshot':
      return ofSnapshot(documents, input.name)
    case 'desired':
      return (
        await Promise.all(
          Object.values(Object(input.services) as Record<string, { fromSnapshot?: string }>).map(
            ({ fromSnapshot }) => ofSnapshot(documents, fromSnapshot),
          ),
        )
      ).flat()
    case 'drill': {
      const drill = (await documents.drills.list()).find((d) => d.value.id === input.drill)
      return drill ? [drill.value.project] : []
    }
    case 'operation': {
      const operation = await documents.operations.get(String(input.id))
      return operation ? projectsOfSubjects(documents, operation.value.subjects) : []
    }
    case 'entries':
    case 'anything':
    case 'all':
      return []
  }
}

/** The projects of `project/service` and `lineages/id`. A subject of neither kind is of no project that a name says. */
export async function projectsOfSubjects(
  documents: Documents,
  subjects: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(
    subjects.map((subject) => {
      const [first = '', second] = subject.split('/')
      return first === 'lineages' ? ofLineage(documents, second) : Promise.resolve([first])
    }),
  )
  return [...new Set(found.flat())]
}

async function ofLineage(documents: Documents, id: unknown): Promise<string[]> {
  const lineage = typeof id === 'string' ? await documents.lineages.get(id) : undefined
  return lineage ? [lineage.value.project] : []
}

async function ofSnapshot(documents: Documents, name: unknown): Promise<string[]> {
  const snapshot = typeof name === 'string' ? await documents.snapshots.get(name) : undefined
  return snapshot ? [snapshot.value.project] : []
}
