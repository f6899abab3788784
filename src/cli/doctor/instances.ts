import { connect } from 'node:net'
import { once } from 'node:events'
import type { Instance } from '../../contract/instance.ts'
import type { Check, Finding } from './finding.ts'

const answersWithinMs = 2_000

/**
 * The state of every instance of this machine; and for one that does not serve, whether something else has its address. Those of other
 * hosts are looked at there.
 */
export const instances: Check = async ({ daemon }) => {
  if (!daemon) return []
  const all = await daemon.client.api.listInstances({})
  return Promise.all(all.filter(({ isElsewhere }) => !isElsewhere).map(stateOf))
}

async function stateOf(instance: Instance): Promise<Finding> {
  const { project, service, state, reason, endpoint, restarts } = instance
  const name = `${project}/${service}`
  const place = `${endpoint.host}:${endpoint.port}`
  if (state === 'ready') {
    if (await answers(instance)) return { name, status: 'ok', message: `ready at ${place}` }
    const message = `counts as ready and does not answer at ${place}`
    return { name, status: 'fail', message, whatNow: `\`howdah logs ${service}\`` }
  }
  const because = reason ? `: ${reason}` : ''
  if (state === 'stopped' || state === 'failed' || state === 'restarting') {
    if (await answers(instance)) {
      const message = `${state}, and another program listens at ${place}`
      const whatNow = `Stop that program, then \`howdah start ${service}\`.`
      return { name, status: 'fail', message, whatNow }
    }
  }
  if (state === 'failed' || state === 'restarting') {
    const message = `${state} (restarted ${restarts} times)${because}`
    return {
      name,
      status: 'fail',
      message,
      whatNow: `\`howdah logs ${service}\` has the server’s words.`,
    }
  }
  return { name, status: 'ok', message: `${state}${because}` }
}

async function answers({ endpoint }: Instance): Promise<boolean> {
  const socket = connect({ ...endpoint, timeout: answersWithinMs })
  socket.once('timeout', () => socket.destroy(new Error('no answer')))
  try {
    await once(socket, 'connect')
    return true
  } catch {
    // Refused, unreachable or silent: each means that nobody serves there.
    return false
  } finally {
    socket.destroy()
  }
}
