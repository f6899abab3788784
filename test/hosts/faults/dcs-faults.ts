import { setTimeout as pause } from 'node:timers/promises'
import { nowMs } from '../harness/clock.ts'
import type { Fault } from './fault.ts'

/** Faults of etcd. */
export const dcsFaults: Readonly<Record<string, Fault>> = {
  F14: {
    title: 'etcd without a majority: still writable, nobody promoted',
    async run({ target, clients, holdMs, strike, complain }) {
      const leader = await target.leader()
      const [one = '', other = ''] = target.hosts.names
      await strike(async () => {
        await target.hold('dcs', one)
        await target.hold('dcs', other)
      })
      await pause(holdMs)
      const sinceMs = nowMs()
      const isWritten = await Promise.race([
        clients.untilWritten(sinceMs).then(() => true),
        pause(WRITABLE_WITHIN_MS, false),
      ])
      if (!isWritten) complain('no writes while etcd is away')
      await target.release('dcs', one)
      await target.release('dcs', other)
      const now = await target.leader()
      if (now !== leader) complain(`the primary moved from ${leader} to ${now}`)
    },
  },
}

/** Far above the time between two writes of many clients. */
const WRITABLE_WITHIN_MS = 5000
