import type { ClusterDocument, HostDocument } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Context } from '../procedure.ts'
import { hostFileOf } from './host-file-of.ts'
import { movingHostFile } from './way-in.ts'

/**
 * Moves the state of this machine to the cluster’s store. The step ends on the other store than it begins on: it is entered twice, and a
 * cancel that comes meanwhile is too late.
 */
export function moveIn({ step }: Context, d: Dependencies): Promise<void> {
  return step(
    'move the state to etcd',
    async ({ signal }) => {
      const file = await d.machine.file()
      if (!file) throw new AppError('NOT_A_HOST', 'this machine is on its way to no cluster')
      if (file.state === 'member') return
      await d.machine.moveStore(movingHostFile(file), signal)
    },
    { evenIfCancelled: true },
  )
}

/** The documents of a new cluster and its first host; those that are there from an earlier try stay. */
export async function foundDocuments(
  { store, documents }: Dependencies,
  cluster: ClusterDocument,
  host: HostDocument,
): Promise<void> {
  if (!(await documents.clusters.get('cluster'))) {
    await store.write([documents.clusters.put(['cluster'], cluster, 0)])
  }
  if (!(await documents.hosts.get(host.name))) {
    await store.write([documents.hosts.put([host.name], host, 0)])
  }
}

/** The last steps of becoming a host: others may call it, and then it takes part. */
export async function takePart(
  { step }: Context,
  d: Dependencies,
  { name, address }: Pick<HostDocument, 'name' | 'address'>,
): Promise<void> {
  const evenIfCancelled = true
  await step('serve the API to other hosts', async () => d.machine.listen(await hostFileOf(d)), {
    evenIfCancelled,
  })
  await step('take part', () => setPhase(d, name, 'live'), { evenIfCancelled })
  await d.event({
    severity: 'info',
    kind: 'host-joined',
    subject: `hosts/${name}`,
    message: `“${name}” (${address}) is a host now`,
  })
}

/** HOST_NOT_FOUND for one that is not there, or not any more. */
export async function hostNamed({ documents }: Dependencies, name: string) {
  const found = await documents.hosts.get(name)
  if (found) return found
  throw new AppError('HOST_NOT_FOUND', `there is no host “${name}”`)
}

export async function setPhase(
  d: Dependencies,
  name: string,
  phase: HostDocument['phase'],
): Promise<void> {
  const { value, revision } = await hostNamed(d, name)
  if (value.phase === phase) return
  await d.store.write([d.documents.hosts.put([name], { ...value, phase }, revision)])
}
