import type { Dependencies } from '../dependencies.ts'
import type { Context } from '../procedure.ts'

/**
 * Makes a machine ready to become a host. When that fails or is cancelled, `withdraw` and then the machine put back what was there before;
 * once the state has begun to move there is no way back but `host rm`.
 */
export async function orPutBack(
  { step, signal }: Context,
  d: Dependencies,
  act: () => Promise<void>,
  /** Gives whether the machine may go: a member of etcd that has a vote must not. */
  withdraw?: () => Promise<boolean>,
): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (signal.aborted) throw error
    const file = await d.machine.file()
    if (file && file.state !== 'preparing') throw error
    const evenIfCancelled = true
    const mayGo =
      !withdraw || (await step('withdraw from the cluster', withdraw, { evenIfCancelled }))
    if (mayGo)
      await step('put back what was here before', (s) => d.machine.putBack(s), { evenIfCancelled })
    throw error
  }
}
