import { nowMs } from '../harness/clock.ts'
import type { Fault } from './fault.ts'

/** Faults of the server itself, on a host that is well. */
export const serverFaults: Readonly<Record<string, Fault>> = {
  F1: {
    title: 'postmaster of the primary killed',
    async run({ target, strike }) {
      const leader = await target.leader()
      await strike(() => target.killPostmaster(leader))
    },
  },
  F2: {
    title: 'one backend of the primary killed: recovery in place, no failover',
    async run({ target, clients, strike, complain }) {
      const leader = await target.leader()
      await strike(() => target.killBackend(leader))
      await clients.untilWritten(nowMs())
      const now = await target.leader()
      if (now !== leader) complain(`the primary moved from ${leader} to ${now}`)
    },
  },
  F3: {
    title: 'postmaster of the primary killed, and its settings cannot be read any more',
    async run({ target, clients, strike, complain }) {
      const leader = await target.leader()
      await target.breakSettings(leader)
      await strike(() => target.killPostmaster(leader))
      await clients.untilWritten(nowMs())
      const now = await target.leader()
      if (now === leader) complain(`${leader} is the primary still`)
      await target.mendSettings(leader)
    },
  },
  F4: {
    title: 'the primary’s Patroni killed while the server lives',
    async run({ target, strike }) {
      const leader = await target.leader()
      await strike(() => target.signal('leadership', leader, 'KILL'))
    },
  },
}
