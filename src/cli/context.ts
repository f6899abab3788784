import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Client, StreamClient } from '../contract/endpoint.ts'
import type { HowdahApi, HowdahStreams } from '../contract/api.ts'
import type { Instance } from '../contract/instance.ts'
import type { ProjectSpec } from '../contract/project.ts'
import type { Fetch } from '../client/client.ts'
import { homeDirectory } from './home.ts'
import { createTerminal, type Sink, type Terminal } from './output/terminal.ts'
import type { ComposeOptions } from './shared-flags.ts'

export interface Source extends AsyncIterable<Buffer | string> {
  readonly isTTY?: boolean | undefined
}

/** What a run of the command line gets from outside; tests pass their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly directory: string
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  /** Instead of the daemon's socket. */
  readonly fetch?: Fetch
}

/** What says where an instance is reached: itself, or its connection with its names. */
export type Reached = Pick<Instance, 'project' | 'service' | 'endpoint' | 'isElsewhere'>

/** The daemon, typed: `daemon.api.listInstances({})`, `daemon.streams.watchOperation({ id })`. */
export interface Daemon {
  readonly api: Client<HowdahApi>
  readonly streams: StreamClient<HowdahStreams>
  /** Where clients on this machine connect to an instance: its own address, or this end of a tunnel to it. */
  reach(instance: Reached): Promise<Instance['endpoint']>
}

/** Everything that a command may use. */
export interface Context extends Surroundings {
  readonly home: string
  readonly compose: ComposeOptions
  readonly json: boolean
  /** The other machine's daemon that the command is for; undefined for this machine's. */
  remote(): Promise<{ readonly name: string; readonly url: string } | undefined>
  readonly terminal: Terminal
  /** A person can be asked: stdin and stderr are terminals, and JSON is not wanted. */
  readonly interactive: boolean
  /** The daemon, started when it does not run; with `start: false`, DAEMON_UNREACHABLE when it does not. */
  daemon(options?: { readonly start: boolean }): Promise<Daemon>
  /** The project as its compose files say; read once. Its notes are for `plan` and `up` to show. */
  project(): Promise<ProjectSpec>
  /** The project's name; with -p or COMPOSE_PROJECT_NAME no compose file is needed. */
  projectName(): Promise<string>
}

/** The process's own surroundings. */
export const ownSurroundings = (): Surroundings => ({
  env: process.env,
  directory: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
})

export function createContext(
  surroundings: Surroundings,
  options: {
    readonly json: boolean
    readonly context?: string | undefined
    readonly compose: ComposeOptions
  },
): Context {
  const { env, directory, stdin, stdout, stderr } = surroundings
  const home = resolve(
    directory,
    homeDirectory({
      env,
      platform: process.platform,
      isRoot: process.getuid?.() === 0,
      userHome: env['HOME'] || homedir(),
    }),
  )
  const terminal = createTerminal(stdout, stderr, env)
  const read = once(async () => {
    const { readProjectHere } = await import('./project.ts')
    return readProjectHere({ env, directory, compose: options.compose })
  })
  const remote = once(async () => {
    const { chosenContext } = await import('./remote/contexts.ts')
    return chosenContext(env, options.context)
  })
  return {
    ...surroundings,
    ...options,
    remote,
    home,
    terminal,
    interactive: stdin.isTTY === true && stderr.isTTY === true && !options.json,
    async daemon({ start } = { start: true }) {
      const there = await remote()
      if (there) {
        const { connectRemote } = await import('./remote/connect-remote.ts')
        return connectRemote(there, env, terminal)
      }
      const { connect } = await import('./connect.ts')
      return connect({ home, env, start, terminal, fetch: surroundings.fetch })
    },
    project: read,
    async projectName() {
      return options.compose.projectName || env['COMPOSE_PROJECT_NAME'] || (await read()).name
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
