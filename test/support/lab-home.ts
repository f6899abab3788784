import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { leftoversIn } from '../../scripts/leftovers.ts'
import { daemonSocket } from '../../src/cli/daemon-process.ts'
import { socketFetch } from '../../src/cli/socket-fetch.ts'
import { createClient, type Fetch } from '../../src/client/client.ts'
import { api } from '../../src/contract/api.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { warmEngines } from './lab/engines.ts'
import { type DaemonProcess, startDaemonProcess } from './lab/daemon-process.ts'
import { killHard } from './lab/machine.ts'
import { runFolder } from './lab/run-folder.ts'
import { until } from './lab/until.ts'

const crashingDaemon = fileURLToPath(new URL('crashing-daemon.ts', import.meta.url))
const howdahJs = fileURLToPath(new URL('../../bin/howdah.js', import.meta.url))
/** Backends of a server that was told to end, and what a killed daemon had started, end by themselves within this. */
const LEFTOVER_GRACE_MS = 15_000

export type Lab = Awaited<ReturnType<typeof openLab>>

export interface LabOptions {
  readonly schedules?: boolean
}

export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly onNote?: (stderr: string) => void
}

/**
 * A home of a test's own with a folder for its compose files around it: `await using lab = await openLab()`. At the end its
 * instances and daemon are stopped; a process that is left then is an error, and everything is removed.
 * `engines: 'none'` gives it an engines folder of its own, empty. `schedules`: its daemons do what is due by themselves.
 */
export async function openLab(options: LabOptions & { engines?: 'shared' | 'none' } = {}) {
  const root = await mkdtemp(join(runFolder(), 'hl-'))
  await chmod(root, 0o755)
  const home = join(root, 'home')
  await mkdir(home, { mode: 0o711 })
  if (options.engines !== 'none') await symlink(await warmEngines(), join(home, 'engines'))
  return labIn(root, home, options)
}

/** A lab whose home lies where a test put it. `root` is removed at the end. */
export function labIn(root: string, home: string, { schedules = false }: LabOptions = {}) {
  const orderFile = join(root, 'crash-order')
  const logFile = join(root, 'daemon.log')
  const environment = {
    ...process.env,
    HOWDAH_HOME: home,
    NO_COLOR: '1',
    ...(schedules ? {} : { HOWDAH_SCHEDULES: 'off' }),
  }
  const fetch: Fetch = (url, init) => socketFetch(daemonSocket(home))(url, init)
  const client = createClient(api, { baseUrl: 'http://howdah', fetch })
  let daemon: DaemonProcess | undefined

  const startDaemon = async (): Promise<DaemonProcess> => {
    const script = [crashingDaemon, home, orderFile]
    daemon = await startDaemonProcess({ home, script, env: environment, logFile })
    return daemon
  }

  return {
    root,
    home,
    logFile,
    /** The number of the boundary that the daemon is to die at, with any other text after it. */
    orderFile,
    api: client,
    startDaemon,

    /** Runs the command line to its end in a folder, the lab's own when none is named. `onNote` gets stderr as it comes. */
    async howdah(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
      const { cwd = root, env = {}, onNote } = options
      const child = spawn(process.execPath, [howdahJs, ...args], {
        cwd,
        env: { ...environment, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const said = { stdout: '', stderr: '' }
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said.stderr += text
        onNote?.(said.stderr)
      })
      const [status] = (await once(child, 'close')) as [number | null]
      return { status: status ?? -1, ...said }
    },

    /** The operation when it has ended, however. */
    finished: ({ id }: Pick<Operation, 'id'>): Promise<Operation> =>
      until(`the end of operation ${id}`, async () => {
        const operation = await client.getOperation({ id })
        return operation.finishedAt !== undefined && operation
      }),

    async [Symbol.asyncDispose]() {
      try {
        await end(root, { stop: (input) => client.stopDaemon(input), startDaemon })
      } finally {
        await rm(root, { recursive: true, force: true })
      }
    },
  }
}

interface Ending {
  readonly stop: (input: { instances: boolean }) => Promise<unknown>
  readonly startDaemon: () => Promise<unknown>
}

/** Stops everything as a user would; what does not end so, after a test that failed half-way, is killed and told. */
async function end(root: string, { stop, startDaemon }: Ending): Promise<void> {
  const failures: unknown[] = []
  try {
    if ((await leftoversIn(root, 0)).length > 0) {
      await stop({ instances: true }).catch(async () => {
        await startDaemon()
        await stop({ instances: true })
      })
    }
  } catch (error) {
    failures.push(error)
  }
  const left = await leftoversIn(root, failures.length > 0 ? 0 : LEFTOVER_GRACE_MS)
  for (const { pid } of left) killHard(pid)
  failures.push(...left.map(({ pid, args }) => `left running: ${pid} ${args}`))
  if (failures.length === 0) return
  await until('the end of killed processes', async () => (await leftoversIn(root, 0)).length === 0)
  throw new AggregateError(failures, failures.map(String).join('\n'))
}
