import { HostWanted } from '../../contract/host.ts'
import { howdahProcedure } from '../dependencies.ts'
import { hostFileOf } from '../host/host-file-of.ts'
import { lookAtMachine } from '../host/look-at-machine.ts'
import { foundDocuments, moveIn, takePart } from '../host/take-part.ts'
import { orPutBack } from '../host/undo.ts'
import { firstHostFile, type Founded } from '../host/way-in.ts'

/** Makes this machine the first host of a cluster. Instances run on, and everything that is known moves from SQLite to etcd. */
export const hostInit = howdahProcedure({
  kind: 'host-init',
  input: HostWanted,
  title: ({ name }) => `making of the first host, ${name}`,
  subjects: ({ name }) => [`hosts/${name}`],
  async run(host, context, d) {
    const { step } = context
    const { isMember, findings } = await step('look at this machine', (s) =>
      lookAtMachine(d, { host, reach: [] }, s),
    )
    await orPutBack(context, d, async () => {
      if (!isMember) {
        await step('install what a host needs', (s) => d.machine.installPackages(s), {
          endsOnCancel: true,
        })
        const founded = await step('name the cluster', async (): Promise<Founded> => {
          const before = await d.machine.file()
          return {
            cluster: before?.cluster ?? d.machine.newClusterId(),
            ports: before?.ports ?? d.machine.ports(),
          }
        })
        await step('make certificates and start etcd', async (s) => {
          const file = firstHostFile(host, founded)
          await d.machine.writeFile(file)
          await d.machine.startEtcd(file, s)
        })
      }
      await moveIn(context, d)
    })
    const evenIfCancelled = true
    await step(
      'register the host',
      async () => {
        const { cluster: id, ports } = await hostFileOf(d)
        const now = new Date().toISOString()
        await foundDocuments(
          d,
          { format: 1, id, createdAt: now, ports },
          { format: 1, ...host, phase: 'joining', joinedAt: now, hasEtcd: true },
        )
      },
      { evenIfCancelled },
    )
    await takePart(context, d, host)
    return { host: host.name, findings }
  },
})
