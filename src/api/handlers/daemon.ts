import type { daemonApi } from '../../contract/api/daemon.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { isOwn } from '../../contract/own-host.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { editInstance, editMember, untilState } from '../../operations/members.ts'
import { engineInstall } from '../../operations/procedures/engine-install.ts'
import { endScheduled } from '../end-scheduled.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'

/** A clean shutdown of a busy server may write for a while; see the agent's own limits. */
const STOP_MS = 180_000

export function daemonHandlers(s: Services): Handlers<typeof daemonApi> {
  return {
    getDaemon: () => s.daemon.status(),
    async stopDaemon({ instances }) {
      const stopped = instances ? await stopAll(s) : 0
      s.daemon.stop()
      return { stopped }
    },
    async listEngines({ offers }) {
      const installed = await s.driver.engines()
      return { installed, offers: offers ? await s.driver.engineOffers() : [] }
    },
    async installEngine({ version, force }) {
      const [major = 0, minor] = version.split('.').map(Number)
      const input = { major, ...(minor === undefined ? {} : { minor }), force }
      return operationView(await enqueue(s, engineInstall, input))
    },
  }
}

/** Stops every instance of this host as `howdah stop` would: it stays stopped, also under the next daemon, until someone starts it. */
async function stopAll(s: Services): Promise<number> {
  const signal = AbortSignal.timeout(STOP_MS)
  await endScheduled(s, signal)
  const live = (await s.documents.instances.list()).filter(
    ({ value }) => value.wanted === 'running' && isOwn(s.host, value),
  )
  await Promise.all(
    live.map(async ({ value: { project, service } }) => {
      await editInstance(s, project, service, (i) => ({ ...i, wanted: 'stopped' }))
      const member = await editMember(s, project, service, (m) => ({ ...m, wanted: 'stopped' }))
      await untilState(s, member, signal, 'stopped')
    }),
  )
  return live.length
}
