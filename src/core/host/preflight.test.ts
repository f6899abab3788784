import { describe, expect, test } from 'vitest'
import type { HostFacts } from './facts.ts'
import { goodFacts } from './facts.suite.ts'
import { judgePreflight } from './preflight.ts'

const GIB = 1024 ** 3

/** The findings that are not fine, with these facts in place of good ones. */
const faults = (facts: Partial<HostFacts>) =>
  judgePreflight({ ...goodFacts, ...facts }).filter(({ verdict }) => verdict !== 'fine')
const system = (more: Partial<HostFacts['system']>) =>
  faults({ system: { ...goodFacts.system, ...more } })
const network = (more: Partial<HostFacts['network']>) =>
  faults({ network: { ...goodFacts.network, ...more } })
const names = (more: Partial<HostFacts['names']>) =>
  faults({ names: { ...goodFacts.names, ...more } })
const saying = (text: string) => expect.stringContaining(text) as string

test('a good machine is fine in every respect', () => {
  const found = judgePreflight(goodFacts)
  expect(found.map(({ verdict }) => verdict)).toEqual(found.map(() => 'fine'))
  expect(found.map(({ about }) => about)).toEqual([
    'system',
    'clock',
    'ports',
    'disk',
    'memory',
    'names',
    'postgres',
    'network',
  ])
})

describe('the system', () => {
  test('another distribution is refused with those that can be, and nothing else is said of it', () => {
    const release = { id: 'fedora', versionId: '42', prettyName: 'Fedora Linux 42' }
    const [first, ...more] = system({ release, isRoot: false, hasApt: false })
    expect(first).toMatchObject({ about: 'system', verdict: 'refused' })
    expect(first?.sentence).toBe(
      'This is Fedora Linux 42; a host needs Debian 12 (bookworm), Debian 13 (trixie), Ubuntu 22.04 LTS, Ubuntu 24.04 LTS and Ubuntu 26.04 LTS.',
    )
    expect(more).toEqual([])
  })

  test('without root or apt it is refused with the reason', () => {
    expect(system({ isRoot: false, hasApt: false })).toMatchObject([
      { verdict: 'refused', sentence: saying('only root can') },
      { verdict: 'refused', sentence: saying('apt-get') },
    ])
  })

  test('an etcd that is too old is refused, the one that is there and the one that would come', () => {
    const release = { id: 'ubuntu', versionId: '22.04', prettyName: 'Ubuntu 22.04.5 LTS' }
    const etcd = { version: '3.3.25+dfsg-7', isHere: false }
    expect(system({ release, etcd })).toMatchObject([
      { verdict: 'refused', sentence: saying('etcd 3.3.25 is what the packages of Ubuntu') },
    ])
    expect(system({ etcd: { version: '3.3.10', isHere: true } })).toMatchObject([
      { verdict: 'refused', sentence: saying('etcd 3.3.10 is installed') },
    ])
    expect(system({ release, etcd: { version: '3.5.21', isHere: true } })).toEqual([])
    expect(system({ etcd: undefined })).toEqual([])
  })
})

test('a clock that nobody sets, or that cannot be asked, is a warning', () => {
  for (const isSynchronised of [false, undefined]) {
    expect(faults({ clock: { isSynchronised } })).toMatchObject([
      { about: 'clock', verdict: 'warning' },
    ])
  }
})

test.each([
  [0.5, 'refused'],
  [0.95, 'warning'],
  [1.5, 'warning'],
  [1.9, undefined],
])('%d GiB of memory: %s', (gib, verdict) => {
  const found = faults({ memoryBytes: gib * GIB })
  expect(found.map((finding) => finding.verdict)).toEqual(verdict ? [verdict] : [])
})

test.each([
  [1.9, 'refused'],
  [2, 'warning'],
  [9, 'warning'],
  [10, undefined],
])('%d GiB free on the disk: %s', (gib, verdict) => {
  const found = faults({ disk: { home: '/var/lib/howdah', freeBytes: gib * GIB } })
  expect(found.map((finding) => finding.verdict)).toEqual(verdict ? [verdict] : [])
})

describe('a port that is taken', () => {
  const port = { port: 7433, address: '10.77.0.11', use: 'etcd’s clients' }

  test('is refused with who has it and what frees it', () => {
    const nginx = { name: 'nginx', pid: 812, service: 'nginx.service' }
    expect(faults({ ports: [{ ...port, takenBy: nginx }] })).toEqual([
      {
        about: 'ports',
        verdict: 'refused',
        sentence:
          'Port 7433 of 10.77.0.11, for etcd’s clients, is taken by nginx (pid 812, nginx.service): `systemctl disable --now nginx.service` frees it.',
      },
    ])
  })

  test('by a program of no service, or one that may not be seen, is shown by ss', () => {
    const perl = { name: 'perl', pid: 9, service: undefined }
    for (const takenBy of [perl, 'unknown'] as const) {
      expect(faults({ ports: [{ ...port, takenBy }] })).toMatchObject([
        { verdict: 'refused', sentence: saying("ss -ltnp 'sport = :7433'") },
      ])
    }
  })
})

describe('the network', () => {
  test('an address that is not the machine’s is refused with those that are', () => {
    expect(network({ address: '203.0.113.9', isOwn: false })).toMatchObject([
      { about: 'names', verdict: 'warning' },
      { about: 'network', verdict: 'refused', sentence: saying('it has 10.77.0.11.') },
    ])
  })

  test('a loopback address is a warning', () => {
    expect(
      network({ address: '127.0.0.1' }).filter(({ about }) => about === 'network'),
    ).toMatchObject([{ verdict: 'warning', sentence: saying('--address') }])
  })

  test('a host of the cluster that cannot be reached is refused, one that can is not', () => {
    const reached = [
      { host: '10.77.0.12', port: 7432, failure: undefined },
      { host: '10.77.0.12', port: 7433, failure: 'ETIMEDOUT' },
    ]
    expect(network({ reached })).toMatchObject([
      { verdict: 'refused', sentence: saying('Port 7433 of 10.77.0.12') },
    ])
    expect(network({ reached: reached.slice(0, 1) })).toEqual([])
  })
})

describe('names', () => {
  test('a name that leads to the loopback, as Debian’s installer writes it, is fine and said', () => {
    const facts = { hostnameAddresses: ['127.0.1.1'], nameAddresses: ['127.0.1.1'] }
    expect(names(facts)).toEqual([])
    const all = judgePreflight({ ...goodFacts, names: { ...goodFacts.names, ...facts } })
    expect(all).toContainEqual({
      about: 'names',
      verdict: 'fine',
      sentence: saying('as Debian sets it up; hosts use 10.77.0.11'),
    })
  })

  test('one that leads to another machine is a warning', () => {
    expect(names({ nameAddresses: ['10.77.0.12'] })).toMatchObject([
      { about: 'names', verdict: 'warning', sentence: saying('leads to 10.77.0.12 and not to') },
    ])
  })

  test('a machine whose own name leads nowhere is a warning; a host’s name need not lead anywhere', () => {
    expect(names({ hostnameAddresses: [] })).toMatchObject([{ verdict: 'warning' }])
    expect(names({ name: 'db1', nameAddresses: [] })).toEqual([])
  })
})

test('other servers are named, and never refused', () => {
  const programs = [{ name: 'etcd', pid: 7, service: 'etcd.service' }]
  const onStandardPort = { name: 'postgres', pid: 8, service: undefined }
  const found = faults({ neighbours: { programs, clusters: ['15/main'], onStandardPort } })
  expect(found).toMatchObject([
    { about: 'postgres', verdict: 'warning', sentence: saying('postgres (pid 8) listens on port') },
    { about: 'postgres', verdict: 'warning', sentence: saying('15/main') },
    {
      about: 'postgres',
      verdict: 'warning',
      sentence: saying('leaves alone: etcd (pid 7, etcd.service).'),
    },
  ])
})

test('of many other servers a few are named', () => {
  const programs = Array.from({ length: 7 }, (_, pid) => ({
    name: 'etcd',
    pid,
    service: undefined,
  }))
  const neighbours = { programs, clusters: [], onStandardPort: undefined }
  expect(faults({ neighbours })).toMatchObject([{ sentence: saying('etcd (pid 4) and 2 more.') }])
})
