import { basename, join } from 'node:path'
import { namesIn } from '../entries.ts'
import { whoListens } from '../port-listener.ts'
import { argsOf, listProcesses } from '../process-table.ts'
import { serviceOf } from './service-of.ts'

/** A program that runs. */
export interface RunningProgram {
  readonly name: string
  readonly pid: number
  readonly service: string | undefined
}

const SERVERS = new Set(['postgres', 'etcd', 'patroni', 'pgbouncer', 'haproxy'])

/** Interpreters, whose first argument is the program. */
const INTERPRETER = /^(?:python|perl|ruby)[\d.]*$/

/** The servers of these kinds that run here and have nothing to do with the folder `home`; of those with children, the first process. */
export function serversOutside(home: string): RunningProgram[] {
  const processes = listProcesses()
  const servers = new Map(
    processes.flatMap((one) => {
      const name = serverName(one.args)
      return name === undefined || isOurs(one.pid, one.args, home)
        ? []
        : [[one.pid, { ...one, name }]]
    }),
  )
  return [...servers.values()]
    .filter(({ ppid, name }) => servers.get(ppid)?.name !== name)
    .map(({ pid, name }) => ({ pid, name, service: serviceOf(pid) }))
}

/** Which of the servers a command line is. Postgres’s own children rename theirs, `postgres: checkpointer`, and are none. */
export function serverName(args: readonly string[]): string | undefined {
  const [first = '', second = ''] = args
  const program = basename(INTERPRETER.test(basename(first)) ? second : first)
  return SERVERS.has(program) ? program : undefined
}

/** Who listens on a port, unless it is this process or one that works for the folder `home`. `unknown`: nobody whom we may see. */
export function strangerOn(
  home: string,
  port: number,
  address?: string,
): RunningProgram | 'unknown' | undefined {
  const listener = whoListens(port, address?.includes(':') ? undefined : address)
  if (!listener) return 'unknown'
  const { pid } = listener
  const args = argsOf(pid)
  if (isOurs(pid, args, home)) return undefined
  // The kernel's short name is a thread's: Node calls its first one MainThread. Servers that rename themselves use spaces.
  const [program = ''] = args
  const name = program === '' || program.includes(' ') ? listener.name : basename(program)
  // It stands before a container: its service is that of all containers.
  return { pid, name, service: name === 'docker-proxy' ? undefined : serviceOf(pid) }
}

/** The clusters that Debian’s postgresql-common knows: `15/main`. */
export async function distributionClusters(folder = '/etc/postgresql'): Promise<string[]> {
  const majors = (await namesIn(folder)).filter((name) => /^\d+(?:\.\d+)?$/.test(name))
  const clusters = majors.map(async (major) =>
    (await namesIn(join(folder, major))).map((name) => `${major}/${name}`),
  )
  return (await Promise.all(clusters)).flat()
}

const isOurs = (pid: number, args: readonly string[], home: string): boolean =>
  pid === process.pid || args.some((arg) => arg.includes(`${home}/`))
