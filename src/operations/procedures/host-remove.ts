import { z } from 'zod'
import { HostName } from '../../contract/host.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Dependencies, howdahProcedure } from '../dependencies.ts'
import { endOperationsOf, forgetHost } from '../host/forget.ts'
import { hostFileOf } from '../host/host-file-of.ts'
import { refuseInUse } from '../host/in-use.ts'
import { hostNamed, setPhase } from '../host/take-part.ts'
import type { Context } from '../procedure.ts'

/**
 * Takes a host out of its cluster. The host itself does it; of the last one everything moves back to SQLite, of another one nothing
 * stays behind. Of a host that is lost, another one removes what the cluster knows.
 */
export const hostRemove = howdahProcedure({
  kind: 'host-remove',
  input: z.object({ name: HostName, isLost: z.boolean() }),
  title: ({ name }) => `removal of the host ${name}`,
  // What a lost host had begun itself holds its name for ever: its removal must not wait for that.
  subjects: ({ name, isLost }) => [`hosts/${name}${isLost ? '/lost' : ''}`],
  async run({ name, isLost }, context, d) {
    await (isLost ? removeLost(context, d, name) : leave(context, d, name))
    return { removed: name }
  },
})

async function removeLost({ step }: Context, d: Dependencies, name: string): Promise<void> {
  await step('take it out of etcd', async () => {
    const { value } = await hostNamed(d, name)
    await d.machine.etcd(await hostFileOf(d)).remove(value.address)
  })
  await step('end what it had begun', () => endOperationsOf(d, name))
  await step('forget it', () => forgetHost(d, name))
}

async function leave({ step, id }: Context, d: Dependencies, name: string): Promise<void> {
  const evenIfCancelled = true
  const { isLast, address } = await step('look whether it is in use', () => prepare(d, name, id))
  if (!isLast) {
    await step(
      'leave etcd',
      async () => {
        try {
          await d.machine.etcd(await hostFileOf(d)).remove(address)
        } catch (error) {
          // Such as: those that are left would have no majority. It is a host as before.
          await setPhase(d, name, 'live')
          throw error
        }
        await forgetHost(d, name)
      },
      { evenIfCancelled },
    )
  }
  await step(
    isLast ? 'move the state to SQLite' : 'begin a state of its own',
    async ({ signal }) => {
      const file = await d.machine.file()
      if (file) await d.machine.moveStore({ ...file, state: 'leaving', isLast }, signal)
    },
    { evenIfCancelled },
  )
  await step(
    'end etcd and close the ports',
    async (s) => {
      await d.machine.removeEtcd(s)
      await d.machine.stopListening()
    },
    { evenIfCancelled },
  )
}

/** From `leaving` on nobody puts anything on it; what was put there just before is found afterwards. */
async function prepare(
  d: Dependencies,
  name: string,
  operation: string,
): Promise<{ isLast: boolean; address: string }> {
  await hostFileOf(d)
  const { value } = await hostNamed(d, name)
  await setPhase(d, name, 'leaving')
  const others = (await d.documents.hosts.list()).filter((host) => host.value.name !== name)
  const isLast = others.length === 0
  try {
    if (!isLast) await refuseInUse(d, name, operation)
    if (!isLast && !others.some((host) => host.value.phase === 'live')) {
      const names = others.map((host) => host.value.name).join(', ')
      throw new AppError(
        'HOST_IN_USE',
        `the state has nowhere to stay: no other host takes part yet (${names})`,
        {
          hint: `Wait until ${names} has joined, or remove what will not: \`howdah host rm NAME --lost\`.`,
        },
      )
    }
  } catch (error) {
    await setPhase(d, name, 'live')
    throw error
  }
  return { isLast, address: value.address }
}
