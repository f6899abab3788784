import { parseBytes, parseCpus } from './amounts.ts'
import { amountAt } from './fields.ts'
import type { Findings } from './findings.ts'
import { child, type Mapping } from './tree.ts'

export interface Resources {
  memoryBytes?: number
  cpus?: number
}

const size = 'a size like 512M or 2G'
const count = 'a number like 0.5 or 2'

/** What compose gives a service: limits before reservations, `deploy.resources` before the older keys. Zero is no limit. */
export function readResources(service: Mapping, findings: Findings): Resources {
  const limits = child(service, 'deploy', 'resources', 'limits')
  const reservations = child(service, 'deploy', 'resources', 'reservations')
  const bytes = (node: typeof limits, key: string) => {
    return amountAt(node, key, parseBytes, size, findings) || undefined
  }
  const processors = (node: typeof limits) => {
    return amountAt(node, 'cpus', parseCpus, count, findings) || undefined
  }
  const memory = [
    bytes(limits, 'memory'),
    bytes(service, 'mem_limit'),
    bytes(reservations, 'memory'),
    bytes(service, 'mem_reservation'),
  ].find((amount) => amount !== undefined)
  const cpus = [processors(limits), processors(service), processors(reservations)].find(
    (amount) => amount !== undefined,
  )
  if (bytes(service, 'shm_size') !== undefined) {
    const at = child(service, 'shm_size')?.at
    if (at)
      findings.note(
        at,
        'shm_size is not needed: a managed server uses the machine’s own shared memory.',
      )
  }
  return {
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(cpus === undefined ? {} : { cpus }),
  }
}
