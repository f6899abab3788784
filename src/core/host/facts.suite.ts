import type { HostFacts } from './facts.ts'

/** What was seen of a lab host with Debian 13, with a clock that is set and a disk that is large. */
export const goodFacts: HostFacts = {
  system: {
    release: { id: 'debian', versionId: '13', prettyName: 'Debian GNU/Linux 13 (trixie)' },
    isRoot: true,
    hasApt: true,
    etcd: { version: '3.5.16-4', isHere: false },
  },
  clock: { isSynchronised: true },
  memoryBytes: 8 * 1024 ** 3,
  disk: { home: '/var/lib/howdah', freeBytes: 50 * 1024 ** 3 },
  network: { address: '10.77.0.11', isOwn: true, ownAddresses: ['10.77.0.11'], reached: [] },
  ports: [
    { port: 7432, address: '10.77.0.11', use: 'the API', takenBy: undefined },
    { port: 7433, address: '10.77.0.11', use: 'etcd’s clients', takenBy: undefined },
  ],
  names: {
    hostname: 'h1',
    hostnameAddresses: ['10.77.0.11'],
    name: 'h1',
    nameAddresses: ['10.77.0.11'],
  },
  neighbours: { programs: [], clusters: [], onStandardPort: undefined },
}
