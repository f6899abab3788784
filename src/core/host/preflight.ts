import type { PreflightFinding } from '../../contract/host.ts'
import type { HostFacts } from './facts.ts'
import { judgeNeighbours } from './preflight-neighbours.ts'
import { judgeNames, judgeNetwork, judgePorts } from './preflight-network.ts'
import { judgeClock, judgeDisk, judgeMemory } from './preflight-resources.ts'
import { judgeSystem } from './preflight-system.ts'

/** Whether a machine can be a host: at least one finding about each thing that was looked at, in the order of the table. */
export function judgePreflight(facts: HostFacts): PreflightFinding[] {
  return [
    ...judgeSystem(facts.system),
    judgeClock(facts.clock),
    ...judgePorts(facts.ports),
    judgeDisk(facts.disk),
    judgeMemory(facts.memoryBytes),
    ...judgeNames(facts.names, facts.network.address),
    ...judgeNeighbours(facts.neighbours),
    ...judgeNetwork(facts.network),
  ]
}
