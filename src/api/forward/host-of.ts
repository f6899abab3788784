import type { Within } from '../../contract/access.ts'
import type { HostDocument } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'

/** What of a call’s input names something that is on a host. */
interface Input {
  readonly project?: unknown
  readonly lineage?: unknown
  readonly name?: unknown
  readonly services?: unknown
}

/**
 * The other host that has what a call names, and therefore answers it; undefined when that is this host, or nothing that the call
 * names is anywhere yet. Operations, drills and lists are in the store, which is everywhere: they are answered here. NOT_SUPPORTED when a
 * call needs the files of two hosts, HOST_DOWN when the host is none of the cluster any more.
 */
export async function otherHostOf(
  documents: Documents,
  own: string,
  within: Within | readonly Within[],
  input: Input,
): Promise<HostDocument | undefined> {
  const found = await Promise.all([within].flat().map((one) => placesOf(documents, one, input)))
  const places = found.flat().filter(({ host }) => host !== undefined)
  const [first] = places
  if (!first) return undefined
  const apart = places.find(({ host }) => host !== first.host)
  if (apart) throw onTwoHosts(first, apart)
  if (first.host === own) return undefined
  const host = await documents.hosts.get(first.host ?? '')
  if (host) return host.value
  throw new AppError(
    'HOST_DOWN',
    `${first.what} was on the host “${first.host}”, which is none of this cluster any more`,
    { details: { host: first.host }, hint: 'List the hosts with `howdah host ls`.' },
  )
}

/** Something that a call names, and where it is. */
interface Place {
  readonly what: string
  readonly host: string | undefined
}

async function placesOf(documents: Documents, within: Within, input: Input): Promise<Place[]> {
  switch (within) {
    case 'project':
      return ofProject(documents, input.project)
    case 'lineage':
      return ofLineage(documents, input.lineage)
    case 'snapshot':
      return ofSnapshot(documents, input.name)
    case 'desired': {
      const services = Object(input.services) as Record<string, { fromSnapshot?: string }>
      const names = Object.values(services).map(({ fromSnapshot }) => fromSnapshot)
      return (await Promise.all(names.map((name) => ofSnapshot(documents, name)))).flat()
    }
    case 'operation':
    case 'drill':
    case 'entries':
    case 'anything':
    case 'all':
    case 'joining':
      return []
  }
}

async function ofProject({ projects }: Documents, name: unknown): Promise<Place[]> {
  const found = typeof name === 'string' ? await projects.get(name) : undefined
  return found ? [{ what: `the project “${found.value.name}”`, host: found.value.host }] : []
}

async function ofLineage({ lineages }: Documents, id: unknown): Promise<Place[]> {
  const found = typeof id === 'string' ? await lineages.get(id) : undefined
  return found ? [{ what: `the lineage ${found.value.id}`, host: found.value.host }] : []
}

async function ofSnapshot({ snapshots }: Documents, name: unknown): Promise<Place[]> {
  const found = typeof name === 'string' ? await snapshots.get(name) : undefined
  return found ? [{ what: `the snapshot “${found.value.name}”`, host: found.value.host }] : []
}

const onTwoHosts = (one: Place, other: Place): AppError =>
  new AppError(
    'NOT_SUPPORTED',
    `${one.what} is on the host “${one.host}” and ${other.what} on “${other.host}”`,
    {
      details: { hosts: [one.host, other.host] },
      hint: 'Bring it back into a project of the host that has it, or into a new project.',
    },
  )
