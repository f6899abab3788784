import { setTimeout as pause } from 'node:timers/promises'
import type { Instance, InstanceState } from '../contract/instance.ts'
import { AppError } from '../errors/app-error.ts'
import type { Daemon } from './context.ts'
import { demandReady } from './instances.ts'

/** Crash recovery of a large write-ahead log takes minutes; longer than this a person should look. */
const readyWithinMs = 5 * 60_000
const pollMs = 100

/** States that become `ready` without anybody doing anything. */
const onTheWay: ReadonlySet<InstanceState> = new Set(['creating', 'starting', 'restarting'])

/**
 * The named instances once all are ready. Throws INSTANCE_NOT_FOUND, INSTANCE_NOT_RUNNING for one that will not become
 * ready by itself, DEADLINE_EXCEEDED after five minutes.
 */
export async function waitReady(
  daemon: Daemon,
  project: string,
  services: readonly string[],
): Promise<Instance[]> {
  const deadlineMs = Date.now() + readyWithinMs
  for (;;) {
    const instances = await Promise.all(
      services.map((service) => daemon.api.getInstance({ project, service })),
    )
    const waiting = instances.filter((instance) => onTheWay.has(instance.state))
    if (waiting.length === 0) {
      for (const instance of instances) demandReady(instance)
      return instances
    }
    if (Date.now() > deadlineMs) {
      const names = waiting.map(({ service, state }) => `${service} (${state})`).join(', ')
      throw new AppError(
        'DEADLINE_EXCEEDED',
        `not ready after ${readyWithinMs / 60_000} minutes: ${names}`,
      )
    }
    await pause(pollMs)
  }
}
