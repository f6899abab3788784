import { join } from 'node:path'
import type { Engine } from '../../contract/engine.ts'
import { AppError } from '../../errors/app-error.ts'
import { successorOf } from '../../engines/choose-engine.ts'
import { createEngines, type Engines } from '../../engines/engines.ts'
import {
  comesFromElsewhere,
  missingExtensions,
  whatBrings,
} from '../../engines/extension-source.ts'
import type { EngineChoice } from '../../core/plan/engine-choice.ts'
import type { VersionWanted } from '../../contract/project.ts'
import type { Account } from '../../system/account.ts'
import { canReflink } from '../../system/copy-file.ts'
import {
  ensureDirectory,
  exists,
  removeTree,
  renameDurably,
  sizeOfTree,
} from '../../system/files.ts'
import { syncDataDirectory } from '../../system/tools/initdb.ts'
import type { Driver, Watch } from '../driver.ts'
import { reserveAddress } from './addresses.ts'
import { checkPages } from './check-pages.ts'
import { copyRunning } from './copy-running.ts'
import { copyStopped } from './copy-stopped.ts'
import { endedInOrder } from './ended-in-order.ts'
import { expectExportPlace, exportData } from './export-data.ts'
import { runInitFiles } from './init-files.ts'
import { runScript } from './run-script.ts'
import { openSession } from './session.ts'
import { checkConf, settingContexts } from './settings.ts'
import { socketAccounts, socketDirectoryOf } from './socket.ts'

export interface LocalSite {
  readonly home: string
  /** Who servers run as; undefined: as us. */
  readonly account: Account | undefined
  readonly warn: (facts: Readonly<Record<string, unknown>>, message: string) => void
}

/** This machine as a provider: servers are processes here, data is below the home. */
export function createLocalDriver(site: LocalSite): Driver {
  const { home, account } = site
  const engines = createEngines({
    enginesDirectory: join(home, 'engines'),
    account,
    log: { warn: site.warn },
  })
  const snapshots = join(home, 'snapshots')
  // No project's name starts with a dot.
  const copies = join(home, 'instances', '.copies')
  const snapshotData = (name: string): string => join(snapshots, name)
  return {
    kind: 'local',
    can: { severalMembers: false, snapshots: true, ownAddress: process.platform === 'linux' },
    chooseEngine: (wanted, extensions) => chooseEngine(engines, wanted, extensions),
    installedEngine: async (id, extensions) => {
      const engine = await engines.find(id)
      return engine && choiceOf(engine, extensions)
    },
    ensureEngine: ({ engineId, major, minor }, watch) =>
      ensureEngine(engines, engineId, { major, minor }, watch),
    installEngine: (wanted, force, { signal, report }) =>
      engines.install(wanted, { force, signal, onProgress: report }),
    engines: async () => [...(await engines.installed())],
    engineOffers: () => engines.offers(),
    settingContexts: async (id) => settingContexts(await engineOf(engines, id)),
    checkConf: async (id, conf) => checkConf(await engineOf(engines, id), conf),
    reserveEndpoint: reserveAddress,
    sizeOf: async (directory) => ((await exists(directory)) ? sizeOfTree(directory) : undefined),
    placeLineage: (id) => join(home, 'lineages', id),
    placeMember: (instanceId, project, service, index) => {
      const directory = join(home, 'instances', project, service, `${instanceId}-${index}`)
      return {
        directory,
        socketDirectory: socketDirectoryOf(home, `${instanceId}-${index}`),
        certificateFile: join(directory, 'tls', 'server.pem'),
      }
    },
    socketAccounts: () => socketAccounts(account),
    session: openSession,
    syncData: ({ engine, directory }, { signal }) =>
      syncDataDirectory(engine.binDirectory, join(directory, 'data'), account, signal),
    runInitFiles: (member, files, as, watch) => runInitFiles(member, files, as, account, watch),
    copyRunning: (member, target, watch, manner) =>
      copyRunning(member, target, account, watch, manner),
    copyStopped,
    endedInOrder,
    placeCopy: (id) => join(copies, id),
    removeCopy: (id) => removeTree(join(copies, id)),
    sharesBlocks: async () => {
      await ensureDirectory(join(home, 'instances'), { mode: 0o711 })
      return canReflink(join(home, 'instances'))
    },
    runScript,
    expectExportPlace,
    exportData: (member, asked, watch) => exportData(member, asked, account, watch),
    removeExport: removeTree,
    checkPages: ({ directory }, watch) => checkPages(join(directory, 'data'), watch),
    placeSnapshot: (name) => ({
      directory: snapshotData(name),
      inTheMaking: `${snapshotData(name)}.new`,
    }),
    keepSnapshot: async (name) => {
      const whole = snapshotData(name)
      // A daemon that was killed right after the renaming comes here again.
      if (!(await exists(`${whole}.new`)) && (await exists(whole))) return
      await removeTree(whole)
      await renameDurably(`${whole}.new`, whole)
    },
    removeSnapshot: async (name) => {
      await removeTree(`${snapshotData(name)}.new`)
      await removeTree(snapshotData(name))
    },
  }
}

async function chooseEngine(
  engines: Engines,
  wanted: VersionWanted,
  extensions: readonly string[],
): Promise<EngineChoice> {
  const { id, major, minor, engine, sentence } = await engines.choose(wanted, { extensions })
  if (engine) return { ...choiceOf(engine, extensions), ...(sentence ? { reason: sentence } : {}) }
  const offered = npmEngineToCome(id, major, minor, extensions)
  return {
    ...choiceOf(offered, extensions),
    installed: false,
    ...(sentence ? { reason: sentence } : {}),
  }
}

function choiceOf(engine: Engine, extensions: readonly string[]): EngineChoice {
  return {
    engineId: engine.id,
    major: engine.major,
    minor: engine.minor,
    installed: true,
    missingExtensions: missingExtensions(engine, extensions).map((name) => ({
      name,
      bringsIt: whatBrings(name, engine),
    })),
  }
}

/** An engine that is not fetched yet: it has what comes with Postgres's own source, and nothing of other projects. */
const npmEngineToCome = (
  id: string,
  major: number,
  minor: number,
  extensions: readonly string[],
): Engine => ({
  id,
  kind: 'npm',
  major,
  minor,
  binDirectory: '',
  tools: [],
  extensions: extensions.filter((name) => !comesFromElsewhere(name)),
  features: [],
})

/** The very engine that was chosen; one that went away meanwhile is fetched by its version. */
async function ensureEngine(
  engines: Engines,
  id: string,
  version: { major: number; minor: number },
  { signal, report }: Watch,
): Promise<Engine> {
  return (await engines.find(id)) ?? engines.ensure(version, { signal, onProgress: report })
}

async function engineOf(engines: Engines, id: string): Promise<Engine> {
  const found = (await engines.find(id)) ?? successorOf(id, await engines.installed())
  if (found) return found
  throw new AppError('ENGINE_UNAVAILABLE', `the engine ${id} is not installed any more`)
}
