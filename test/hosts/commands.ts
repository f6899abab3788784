import { once } from 'node:events'
import {
  type Flags,
  readBytes,
  readFilesystem,
  readNumber,
  readPlaces,
  readPorts,
  readSkewMs,
  readSuite,
} from './arguments.ts'
import { down } from './down.ts'
import { startInside } from './exec.ts'
import { labNames, readLab } from './lab-file.ts'
import { listLabs } from './list.ts'
import { type Hosts, hostsOf } from './open-hosts.ts'
import { obstacles } from './preflight.ts'
import { Refusal } from './refusal.ts'
import { suiteTree } from './suite-tree.ts'
import { up } from './up.ts'
import { labTable } from './table.ts'

interface Given {
  readonly words: readonly string[]
  /** What stands after `--`. */
  readonly inner: readonly string[]
  readonly flags: Flags
}

/** Gives an exit status; none means success. */
type Command = (given: Given) => Promise<number | void> | number | void

const MS_PER_SECOND = 1000
const SIGNALLED = 128

export const commands: Record<string, Command> = {
  up: bringUp,
  ls: ({ flags }) => {
    const labs = listLabs()
    say(flags.json ? JSON.stringify(labs, undefined, 2) : labTable(labs))
  },
  down: async ({ flags }) => {
    refuseWhereImpossible()
    for (const name of flags.all ? labNames() : [flags.name]) await down(name)
  },
  exec: ({ words, inner, flags }) => {
    if (inner.length === 0) throw new Refusal('exec HOST -- COMMAND: which command?')
    return inside(flags, words[0], inner)
  },
  shell: ({ words, flags }) => inside(flags, words[0], ['/bin/bash']),

  cut: ({ words, flags }) => {
    const { lab, cut } = labOf(flags)
    const to = flags.from === undefined ? undefined : readPlaces(lab, flags.from, true)
    const ports = readPorts(flags.port)
    cut({
      from: readPlaces(lab, words[0], true),
      isOneWay: flags['one-way'],
      ...(to && { to }),
      ...(ports && { ports }),
    })
  },
  heal: ({ words: [word], flags }) => {
    const { lab, heal } = labOf(flags)
    if (word === undefined) return heal()
    const others = flags.from === undefined ? [undefined] : readPlaces(lab, flags.from, true)
    for (const place of readPlaces(lab, word, true)) for (const other of others) heal(place, other)
  },
  slow: async ({ words, flags }) => {
    const hosts = labOf(flags)
    const values = {
      roundTripMs: readNumber('ms', flags.ms),
      lossPercent: readNumber('loss', flags.loss),
      diskBytesPerSecond: readBytes('disk', flags.disk),
      diskOperationsPerSecond: readNumber('iops', flags.iops),
    }
    const given = Object.entries(values).filter(([, value]) => value !== undefined)
    if (given.length === 0 && !flags.undo)
      throw new Refusal('slow: by --ms, --loss, --disk, --iops or --undo?')
    for (const place of readPlaces(hosts.lab, words[0], true)) {
      await (flags.undo ? hosts.fast(place) : hosts.slow(place, Object.fromEntries(given)))
    }
  },
  fill: ({ words, flags }) => {
    const { lab, fill, empty } = labOf(flags)
    const disk = flags.system ? 'system' : 'data'
    const leaveBytes = readBytes('leave', flags.leave) ?? 0
    for (const host of readPlaces(lab, words[0])) {
      const left = flags.undo ? empty(host, disk) : fill(host, leaveBytes, disk)
      say(`${host}: ${left} bytes free\n`)
    }
  },
  skew: async ({ words: [word, span], flags }) => {
    const { lab, skew } = labOf(flags)
    for (const host of readPlaces(lab, word)) await skew(host, readSkewMs(span))
  },
  freeze: each('freeze'),
  thaw: each('thaw'),
  kill: each('powerOff'),
  boot: each('boot'),
  reboot: each('reboot'),
}

async function bringUp({ words: [count], flags }: Given): Promise<void> {
  const suite = readSuite(flags.suite)
  const filesystem = readFilesystem(flags.fs)
  const startedAt = performance.now()
  const [obstacle] = obstacles({ suite, filesystem })
  if (obstacle) throw new Refusal(obstacle)
  await suiteTree(suite, { remake: flags.fresh })
  const diskBytes = readBytes('disk', flags.disk)
  const memoryBytes = readBytes('memory', flags.memory)
  const lab = await up({
    hosts: Number(count),
    name: flags.name,
    suite,
    filesystem,
    ...(diskBytes !== undefined && { diskBytes }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(flags.zone !== undefined && { zones: flags.zone.split(',') }),
    ...(flags.checkout !== undefined && { checkout: flags.checkout }),
  })
  const seconds = (performance.now() - startedAt) / MS_PER_SECOND
  say(labTable(listLabs().filter(({ name }) => name === lab.name)))
  process.stderr.write(`up in ${seconds.toFixed(1)} s\n`)
}

/** A command that does one thing to each host it names, at once. */
function each(what: 'freeze' | 'thaw' | 'powerOff' | 'boot' | 'reboot'): Command {
  return async ({ words, flags }) => {
    const hosts = labOf(flags)
    await Promise.all(readPlaces(hosts.lab, words[0]).map((host) => hosts[what](host)))
  }
}

async function inside(flags: Flags, place: string | undefined, command: readonly string[]) {
  const { lab } = labOf(flags)
  const [only = '', ...more] = readPlaces(lab, place, true)
  if (more.length > 0) throw new Refusal('a command runs in one place at a time')
  const child = startInside(lab, only, command, { stdio: 'inherit' })
  // The terminal sends these to the command as well, and it is the command's to answer them.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => {})
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
  return status ?? (signal ? SIGNALLED : 1)
}

function labOf(flags: Flags): Hosts {
  refuseWhereImpossible()
  return hostsOf(readLab(flags.name))
}

function refuseWhereImpossible(): void {
  const [obstacle] = obstacles()
  if (obstacle) throw new Refusal(obstacle)
}

const say = (text: string): void =>
  void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
