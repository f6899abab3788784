import { setTimeout as pause } from 'node:timers/promises'
import { nowMs } from '../harness/clock.ts'
import type { Fault } from './fault.ts'

/** Faults of whole hosts. */
export const hostFaults: Readonly<Record<string, Fault>> = {
  F6: {
    title: 'the primary’s host paused, and resumed when another leads',
    async run({ target, clients, strike }) {
      const leader = await target.leader()
      await strike(() => target.hosts.freeze(leader))
      await clients.untilWritten(nowMs())
      await target.hosts.thaw(leader)
    },
  },
  F7: {
    title: 'the primary’s host without power',
    async run({ target, clients, strike }) {
      const leader = await target.leader()
      await strike(() => target.hosts.powerOff(leader))
      await clients.untilWritten(nowMs())
      await target.hosts.boot(leader)
    },
  },
  F15: {
    title: 'the host without power that leads both Postgres and etcd',
    async run({ target, clients, strike }) {
      const leader = await target.leader()
      const dcsLeader = await target.dcsLeader()
      // Whoever is made leader by an election elsewhere: the one that leads stands back for a while.
      for (let other = dcsLeader; other !== leader; other = await target.dcsLeader()) {
        await target.signal('dcs', other, 'KILL')
        await target.untilWhole()
      }
      await strike(() => target.hosts.powerOff(leader))
      await clients.untilWritten(nowMs())
      await target.hosts.boot(leader)
    },
  },
  F19: {
    title: 'a replica’s clock an hour ahead: no lease depends on it',
    async run({ target, holdMs, strike, complain }) {
      const leader = await target.leader()
      const replica = target.hosts.names.find((host) => host !== leader) ?? leader
      await strike(() => target.hosts.skew(replica, 3_600_000))
      await target.signal('leadership', replica, 'KILL')
      await pause(holdMs)
      if ((await target.leader()) !== leader) complain('a clock that is wrong moved the primary')
      await target.hosts.skew(replica, undefined)
      await target.signal('leadership', replica, 'KILL')
    },
  },
  F55: {
    title: 'all hosts rebooted at once',
    async run({ target, strike }) {
      const { hosts } = target
      await strike(() => Promise.all(hosts.names.map((host) => hosts.powerOff(host))))
      await Promise.all(hosts.names.map((host) => hosts.boot(host)))
    },
  },
}
