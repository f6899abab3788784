import type { PreflightFinding } from '../../contract/host.ts'
import { describeProgram } from './describe-program.ts'
import type { NeighbourFacts } from './facts.ts'

/** A machine with many containers has many. */
const MOST_NAMED = 5

/** Other Postgres servers, and other servers of the kinds that a host runs. None of them keeps a machine from becoming a host. */
export function judgeNeighbours(facts: NeighbourFacts): PreflightFinding[] {
  const about = 'postgres'
  const found: PreflightFinding[] = []
  const warn = (sentence: string): void => void found.push({ about, verdict: 'warning', sentence })
  if (facts.onStandardPort !== undefined) {
    warn(
      `${describeProgram(facts.onStandardPort)} listens on port 5432 of all addresses, so instances get other ports here: have it listen on its own addresses alone, or stop it.`,
    )
  }
  if (facts.clusters.length > 0) {
    const many = facts.clusters.length > 1
    warn(
      `The system’s own Postgres has ${many ? 'clusters' : 'a cluster'} here (${facts.clusters.join(', ')}), which Howdah leaves alone and does not back up.`,
    )
  }
  if (facts.programs.length > 0) {
    const named = facts.programs.slice(0, MOST_NAMED).map(describeProgram).join(', ')
    const left = facts.programs.length - MOST_NAMED
    warn(
      `Servers of others run here already, which Howdah leaves alone: ${named}${left > 0 ? ` and ${left} more` : ''}.`,
    )
  }
  if (found.length > 0) return found
  return [{ about, verdict: 'fine', sentence: 'No other Postgres, etcd or pooler runs here.' }]
}
