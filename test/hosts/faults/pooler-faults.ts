import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from './fault.ts'

/** Faults of what stands between clients and the server. */
export const poolerFaults: Readonly<Record<string, Fault>> = {
  F34: {
    title: 'a pooler killed, then one hung: others serve, and the primary stays',
    async run({ target, holdMs, strike, complain }) {
      const leader = await target.leader()
      const [first = '', second = ''] = target.hosts.names
      await strike(() => target.signal('pooler', first, 'KILL'))
      await pause(holdMs / 2)
      await target.signal('pooler', second, 'STOP')
      await pause(holdMs / 2)
      await target.signal('pooler', second, 'CONT')
      if ((await target.leader()) !== leader) complain('the primary moved')
    },
  },
}
