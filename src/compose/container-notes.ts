import type { Environment } from './environment.ts'
import { textsOf } from './fields.ts'
import type { Findings } from './findings.ts'
import { initFolder } from './init-files.ts'
import { mountOf } from './mounts.ts'
import { child, type Mapping, type Node } from './tree.ts'

/** Where Postgres images keep their data: official (before and since 18), Bitnami, Timescale HA. */
const dataPlaces = ['/var/lib/postgresql', '/bitnami/postgresql', '/home/postgres/pgdata']

/** Says what becomes of the parts of a managed service that only mean something to a container. */
export function noteContainerParts(
  name: string,
  service: Mapping,
  environment: Environment,
  port: number,
  findings: Findings,
): void {
  const pgdata = environment.get('PGDATA')
  if (pgdata) findings.note(pgdata.at, 'PGDATA is not used: Howdah decides where the data is.')
  const waldir = environment.get('POSTGRES_INITDB_WALDIR')
  if (waldir) findings.note(waldir.at, 'POSTGRES_INITDB_WALDIR is not used: Howdah keeps the WAL.')
  const places = [
    ...dataPlaces,
    ...(pgdata?.value.filter((part) => typeof part === 'string') ?? []),
  ]
  for (const item of [...itemsOf(child(service, 'volumes')), ...itemsOf(child(service, 'tmpfs'))]) {
    noteMount(name, item, places, findings)
  }
  for (const item of itemsOf(child(service, 'ports'))) notePort(name, item, port, findings)
  const container = child(service, 'container_name')
  if (container?.kind === 'scalar' && container.text !== name) {
    findings.note(
      container.at,
      `there is no container named "${container.text}"; applications reach the database by the service’s name, "${name}".`,
    )
  }
}

function noteMount(name: string, item: Node, places: readonly string[], findings: Findings): void {
  const mount = mountOf(item)
  if (!mount) return
  const { target } = mount
  const below = (place: string) => target === place || target.startsWith(`${place}/`)
  if (places.some(below)) {
    findings.note(
      item.at,
      `the data of "${name}" lives with Howdah, and this volume is not used. To bring old data in: pg_dump it from the old container, then \`howdah psql ${name} -f DUMP.sql\`.`,
    )
  } else if (!below(initFolder)) {
    findings.note(
      item.at,
      `a managed Postgres has no container, so nothing is mounted at ${target}.`,
    )
  } else if (mount.kind !== 'bind') {
    findings.problem(
      item.at,
      `a ${mount.kind === 'tmpfs' ? 'tmpfs' : 'named volume'} at ${target} cannot be read; mount a folder of this machine there.`,
    )
  }
}

function notePort(name: string, item: Node, port: number, findings: Findings): void {
  const { target, published } = portsOf(item)
  if (target === undefined || !/^\d+$/.test(target)) return
  if (target !== String(port)) {
    findings.note(
      item.at,
      `"${name}" listens on ${port}, not on ${target}. For another port set PGPORT in its \`environment\`.`,
    )
  } else if (published && published !== target) {
    findings.note(
      item.at,
      `port ${published} of this machine is not opened: "${name}" has an address of its own and listens there on ${port}. \`howdah url ${name}\` shows it.`,
    )
  }
}

/** The port in the container and the one of this machine that leads to it, as Compose's short and long forms say it. */
function portsOf(item: Node): { target?: string | undefined; published?: string | undefined } {
  const textOf = (node: Node | undefined): string | undefined => textsOf(node)[0]?.text
  if (item.kind === 'mapping') {
    return { target: textOf(child(item, 'target')), published: textOf(child(item, 'published')) }
  }
  const [target, published] = textOf(item)?.split('/')[0]?.split(':').reverse() ?? []
  return { target, published }
}

function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}
