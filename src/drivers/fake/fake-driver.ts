import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Engine } from '../../contract/engine.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Driver, Session } from '../driver.ts'

/** A machine in memory: what a fake driver and a fake agent share, and what a test looks at. */
export interface FakeMachine {
  /** Running servers by their folder. */
  readonly servers: Map<string, FakeServer>
  /** Folders with data that belong to no server: snapshots, whole or in the making. */
  readonly copies: Set<string>
  /** Folders that data were exported to. */
  readonly exports: Set<string>
  readonly engines: Set<string>
  /** Folders of members that have data. */
  readonly folders: Set<string>
  /** What drills wrote into the live server; restored servers have it all. */
  readonly markers: string[]
}

export interface FakeServer {
  readonly databases: Set<string>
  /** The statements that changed something, in order, each once. */
  readonly changes: Set<string>
}

export const fakeMachine = (): FakeMachine => ({
  servers: new Map(),
  copies: new Set(),
  exports: new Set(),
  engines: new Set(),
  folders: new Set(),
  markers: [],
})

/** A provider without processes or files, for tests of what uses one. It is as strict as the real one. */
export function createFakeDriver(machine: FakeMachine): Driver {
  const snapshot = (name: string): string => `/snapshots/${name}`
  const ensureEngine: Driver['ensureEngine'] = async ({ engineId, major, minor }) => {
    machine.engines.add(engineId)
    return engine(engineId, major, minor)
  }
  return {
    kind: 'fake',
    can: { severalMembers: false, snapshots: true, ownAddress: true },
    chooseEngine: async ({ major = 16, minor = 14 }) => ({
      engineId: `fake-${major}.${minor}`,
      major,
      minor,
      installed: machine.engines.has(`fake-${major}.${minor}`),
      missingExtensions: [],
    }),
    installedEngine: async (engineId) => {
      if (!machine.engines.has(engineId)) return undefined
      const [major = 0, minor = 0] = engineId.replace('fake-', '').split('.').map(Number)
      return { engineId, major, minor, installed: true, missingExtensions: [] }
    },
    ensureEngine,
    installEngine: ({ major = 16, minor = 14 }, _force, watch) =>
      ensureEngine({ engineId: `fake-${major}.${minor}`, major, minor }, watch),
    engines: async () => [...machine.engines].map((id) => engine(id, 16, 14)),
    engineOffers: async () => [],
    settingContexts: async () => ({ max_connections: 'postmaster' }),
    checkConf: async () => {},
    reserveEndpoint: async (port, taken) => ({ host: `127.0.0.${taken.length + 2}`, port }),
    sizeOf: async (directory) => (machine.servers.has(directory) ? 1000 : undefined),
    placeLineage: (id) => `/lineages/${id}`,
    placeMember: (instanceId, project, service, index) => {
      const directory = `/instances/${project}/${service}/${instanceId}-${index}`
      return { directory, socketDirectory: '/run', certificateFile: `${directory}/tls/server.pem` }
    },
    socketAccounts: () => ['howdah'],
    session: async (member) => session(serverOf(machine, member), machine),
    runInitFiles: async () => {},
    runScript: async (member, { text }) => void serverOf(machine, member).changes.add(text),
    copyStopped: async (member, target) => {
      if (machine.servers.has(member.directory)) {
        throw new AppError('SOURCE_CHANGED', `${member.service} runs`)
      }
      machine.copies.add(target)
      return { sizeBytes: 1000, reflinked: true, timeline: 1, lsn: '0/2000100' }
    },
    endedInOrder: async () => true,
    placeCopy: (id) => `/copies/${id}`,
    removeCopy: async (id) => void machine.copies.delete(`/copies/${id}`),
    sharesBlocks: async () => true,
    syncData: async () => {},
    copyRunning: async (member, target) => {
      serverOf(machine, member)
      machine.copies.add(target)
      return {
        sizeBytes: 1000,
        reflinked: true,
        timeline: 1,
        startLsn: '0/2000028',
        stopLsn: '0/2000100',
        startSegment: '000000010000000000000002',
        stopSegment: '000000010000000000000002',
        startedAt: '2026-01-02T03:04:05.000Z',
        stoppedAt: '2026-01-02T03:04:06.000Z',
      }
    },
    expectExportPlace: async (directory) => {
      if (!machine.exports.has(directory)) return
      throw new AppError('USAGE', `${directory} is there already`)
    },
    exportData: async (member, { directory, running }) => {
      if (running) serverOf(machine, member)
      machine.exports.add(directory)
      return { sizeBytes: 1000, account: 'howdah' }
    },
    removeExport: async (directory) => void machine.exports.delete(directory),
    checkPages: async () => ({ files: 10, pages: 100, bytes: 819200, damaged: [] }),
    placeSnapshot: (name) => ({ directory: snapshot(name), inTheMaking: `${snapshot(name)}.new` }),
    keepSnapshot: async (name) => {
      if (machine.copies.delete(`${snapshot(name)}.new`)) machine.copies.add(snapshot(name))
      else if (!machine.copies.has(snapshot(name))) {
        throw new AppError('HOME_UNUSABLE', `there is no copy to keep as ${name}`)
      }
    },
    removeSnapshot: async (name) => {
      machine.copies.delete(`${snapshot(name)}.new`)
      machine.copies.delete(snapshot(name))
    },
  }
}

const engine = (id: string, major: number, minor: number): Engine => ({
  id,
  kind: 'npm',
  major,
  minor,
  binDirectory: `/engines/${id}/bin`,
  tools: [],
  extensions: [],
  features: [],
})

function serverOf(machine: FakeMachine, { directory }: MemberDocument): FakeServer {
  const found = machine.servers.get(directory)
  if (found) return found
  throw new AppError('SQL_FAILED', `no server runs on ${directory}`)
}

/** What a drill asks of a live server and of a restored one. */
function drillAnswer(
  server: FakeServer,
  machine: FakeMachine,
  text: string,
): readonly object[] | undefined {
  const [, marker] = /^comment on role .* is '(.*)'$/.exec(text) ?? []
  if (marker !== undefined) machine.markers.push(marker)
  if (text.includes('shobj_description')) return [{ marker: machine.markers.at(-1) ?? null }]
  if (text.includes('txid_snapshot_xmin')) return [{ xid: '700' }]
  if (text.includes('datconnlimit')) return [...server.databases].map((name) => ({ name }))
  if (text.includes('as segment')) {
    return [{ lsn: '0/2000180', segment: '000000010000000000000002' }]
  }
  if (text.includes('.history')) return [{ history: '1\t0/2000028\tat restore point\n' }]
  return undefined
}

function session(server: FakeServer, machine: FakeMachine): Session {
  return {
    async query<T>(text: string): Promise<T[]> {
      const [, created] = /^create database "(.*)" owner/.exec(text) ?? []
      const [, asked] = /pg_database where datname = '(.*)'/.exec(text) ?? []
      if (created !== undefined && server.databases.has(created)) {
        throw new AppError('SQL_FAILED', `the database ${created} exists already`)
      }
      if (created !== undefined) server.databases.add(created)
      if (asked !== undefined) return (server.databases.has(asked) ? [{}] : []) as T[]
      if (text.includes('system_identifier')) return [{ id: '7000' }] as T[]
      if (text.includes('pg_switch_wal')) return [{ lsn: '0/2000200' }] as T[]
      const drilled = drillAnswer(server, machine, text)
      if (drilled) return drilled as T[]
      if (text.startsWith('alter role')) server.changes.add(text)
      return []
    },
    copyIn: async () => {},
    close: async () => {},
  }
}
