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

/**
 * The projects that a call touches, as far as `within` looks. What is not there is of none: the handler says so. Undefined for what is
 * there and of no project, such as the fetching of an engine.
 */
export async function projectsNamed(
  documents: Documents,
  within: Within,
  input: Input,
): Promise<string[] | undefined> {
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
      if (!operation) return []
      const projects = await projectsOfOperation(documents, operation.value)
      return projects.length > 0 ? projects : undefined
    }
    case 'entries':
    case 'anything':
    case 'all':
    case 'joining':
      return []
  }
}

/**
 * The projects of an operation: what it was asked for says so. Its subjects are what it holds, and may be a snapshot, a folder or an
 * engine; they are looked at for what names no project. Without `input` that of the operation with this id.
 */
export async function projectsOfOperation(
  documents: Documents,
  operation: {
    readonly id?: string | undefined
    readonly input?: unknown
    readonly subjects: readonly string[]
  },
): Promise<string[]> {
  const { id = '', subjects } = operation
  const input = operation.input ?? (await documents.operations.get(id))?.value.input
  const { project, of } = Object(input) as Record<string, unknown>
  if (typeof project === 'string') return [project]
  if (typeof of === 'string') return [of.split('/')[0] ?? '']
  const found = await Promise.all(
    subjects.map(async (subject) => {
      const [first = '', second] = subject.split('/')
      if (first === 'snapshots') return ofSnapshot(documents, second)
      return first === 'lineages' ? ofLineage(documents, second) : []
    }),
  )
  return [...new Set(found.flat())]
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
