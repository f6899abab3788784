import type { PreflightFinding } from '../../contract/host.ts'
import { describeProgram } from './describe-program.ts'
import type { NameFacts, NetworkFacts, PortFacts } from './facts.ts'

/** Every port that the hosts use among themselves must be free. */
export function judgePorts(ports: readonly PortFacts[]): PreflightFinding[] {
  const about = 'ports'
  const taken = ports.flatMap(({ port, address, use, takenBy }): PreflightFinding[] => {
    if (takenBy === undefined) return []
    const sentence = `Port ${port} of ${address}, for ${use}, is taken by ${describeProgram(takenBy)}: ${freeing(takenBy, port)}.`
    return [{ about, verdict: 'refused', sentence }]
  })
  if (taken.length > 0) return taken
  const numbers = ports.map(({ port }) => port).join(', ')
  return [{ about, verdict: 'fine', sentence: `The ports ${numbers} are free.` }]
}

function freeing(takenBy: NonNullable<PortFacts['takenBy']>, port: number): string {
  const see = `\`ss -ltnp 'sport = :${port}'\` shows it`
  if (takenBy === 'unknown') return `${see} to root`
  return takenBy.service === undefined
    ? `stop it; ${see}`
    : `\`systemctl disable --now ${takenBy.service}\` frees it`
}

/** The address must be the machine’s own and one that others can reach, and those that are there already must answer. */
export function judgeNetwork({
  address,
  isOwn,
  ownAddresses,
  reached,
}: NetworkFacts): PreflightFinding[] {
  const about = 'network'
  const found: PreflightFinding[] = []
  if (!isOwn) {
    const sentence = `No network of this machine has the address ${address}; it has ${ownAddresses.join(', ') || 'none'}. Say one of these with --address.`
    found.push({ about, verdict: 'refused', sentence })
  } else if (isLoopback(address)) {
    const sentence = `Other machines cannot reach ${address}, so no other can join: give an address of the network with --address.`
    found.push({ about, verdict: 'warning', sentence })
  }
  for (const { host, port, failure } of reached) {
    if (failure === undefined) continue
    const sentence = `Port ${port} of ${host} cannot be reached from here (${failure}): see that the host is up and that no firewall is between.`
    found.push({ about, verdict: 'refused', sentence })
  }
  if (found.length > 0) return found
  const places = reached.map(({ host, port }) => `${host}:${port}`).join(', ')
  const sentence = places ? `${places} can be reached from ${address}.` : `${address} is its own.`
  return [{ about, verdict: 'fine', sentence }]
}

/** Hosts speak to each other by address, so a name that leads elsewhere only misleads people and their clients. */
export function judgeNames(facts: NameFacts, address: string): PreflightFinding[] {
  const { hostname, hostnameAddresses, name, nameAddresses } = facts
  const about = 'names'
  if (hostnameAddresses.length === 0) {
    const sentence = `The machine’s own name ${hostname} has no address, and programs that look it up wait: write it into /etc/hosts.`
    return [{ about, verdict: 'warning', sentence }]
  }
  const leads = nameAddresses.join(', ')
  const isSame = nameAddresses.some((one) => one === address || isLoopback(one))
  if (nameAddresses.length > 0 && !isSame) {
    const sentence = `The name ${name} leads to ${leads} and not to ${address}: another name (--name), or mend /etc/hosts or the DNS.`
    return [{ about, verdict: 'warning', sentence }]
  }
  if (nameAddresses.some(isLoopback) && !isLoopback(address)) {
    // Debian’s installer writes the machine’s name with 127.0.1.1 where it has no fixed address.
    const sentence = `The name ${name} leads to ${leads} on this machine, as Debian sets it up; hosts use ${address}, so that is no matter.`
    return [{ about, verdict: 'fine', sentence }]
  }
  const sentence = leads ? `The name ${name} leads to ${leads}.` : `The name ${name} is free.`
  return [{ about, verdict: 'fine', sentence }]
}

const isLoopback = (address: string): boolean => /^127\.|^::1$/.test(address)
