import { setTimeout as pause } from 'node:timers/promises'
import { nowMs } from '../harness/clock.ts'
import type { Fault, Scene } from './fault.ts'
import type { Target } from './target.ts'

const SLOW = { roundTripMs: 200, lossPercent: 5 }

const othersThan = ({ hosts }: Target, host: string): string[] =>
  hosts.names.filter((name) => name !== host)

/** Faults of the network between hosts that are well. */
export const networkFaults: Readonly<Record<string, Fault>> = {
  F8: {
    title: 'the primary’s host cut off from all',
    async run({ target, clients, strike }) {
      const leader = await target.leader()
      await strike(() => target.hosts.cut({ from: [leader] }))
      await clients.untilWritten(nowMs())
      target.hosts.heal()
    },
  },
  F9: {
    title: 'the primary’s host cut off from the other members of etcd alone',
    async run(scene) {
      const { target } = scene
      const leader = await target.leader()
      const cut = { from: [leader], to: othersThan(target, leader), ports: target.dcsPorts }
      await lasting(scene, () => target.hosts.cut(cut))
      target.hosts.heal()
    },
  },
  F10: {
    title: 'the primary cut off from its replicas, etcd reachable',
    async run(scene) {
      const { target } = scene
      const leader = await target.leader()
      const cut = { from: [leader], to: othersThan(target, leader), ports: [target.serverPort] }
      await lasting(scene, () => target.hosts.cut(cut))
      target.hosts.heal()
    },
  },
  F11: {
    title: 'nothing gets from the primary’s host to the others, and everything back',
    async run({ target, clients, strike }) {
      const leader = await target.leader()
      const to = [...othersThan(target, leader), 'edge']
      await strike(() => target.hosts.cut({ from: [leader], to, isOneWay: true }))
      await clients.untilWritten(nowMs())
      target.hosts.heal()
    },
  },
  F12: {
    title: 'clients cut off from the primary’s host alone: no failover',
    async run(scene) {
      const { target, complain } = scene
      const leader = await target.leader()
      await lasting(scene, () => target.hosts.cut({ from: ['edge'], to: [leader] }))
      if ((await target.leader()) !== leader) complain('the primary moved')
      target.hosts.heal()
    },
  },
  F13: {
    title: '200 ms and 5 % loss to the primary’s host',
    async run(scene) {
      const { target } = scene
      const leader = await target.leader()
      await lasting(scene, () => target.hosts.slow(leader, SLOW))
      await target.hosts.fast(leader)
    },
  },
}

async function lasting({ strike, holdMs }: Scene, harm: () => Promise<void> | void): Promise<void> {
  await strike(harm)
  await pause(holdMs)
}
