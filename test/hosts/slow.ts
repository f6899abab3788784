import { statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { until } from '../support/lab/until.ts'
import { run, succeeds } from './command.ts'
import { neededFile } from './groups.ts'
import { machineScripts, logTail, startKeeper } from './keeper.ts'
import { type LabFile, hostFolder } from './lab-file.ts'
import { EDGE, namespaceFile, namespaceOf } from './names.ts'
import { deviceNumber } from './own-disk.ts'
import { endAll, isUp, keeperNamed, neededInit } from './processes.ts'

const DELAY_LINE = 'delay-line.pl'

export interface Slowness {
  /** Added to each round trip, half of it each way. */
  readonly roundTripMs?: number
  /** Of the packets in each direction. */
  readonly lossPercent?: number
  /** Each for reading and for writing. */
  readonly diskBytesPerSecond?: number
  /** Each for reading and for writing. An fsync is one or a few. */
  readonly diskOperationsPerSecond?: number
}

/** Makes a host's (or the edge's) network slow, its disks, or both. What is not named stays as it is. */
export async function slow(lab: LabFile, place: string, slowness: Slowness): Promise<void> {
  const { roundTripMs, lossPercent, diskBytesPerSecond, diskOperationsPerSecond } = slowness
  if (diskBytesPerSecond !== undefined || diskOperationsPerSecond !== undefined) {
    limitDisks(lab, place, diskBytesPerSecond ?? 0, diskOperationsPerSecond ?? 0)
  }
  if (roundTripMs !== undefined || lossPercent !== undefined) {
    await removeDelayLine(lab, place)
    await putDelayLine(lab, place, (roundTripMs ?? 0) / 2, lossPercent ?? 0)
  }
}

/** As fast as the machine is. */
export async function fast(lab: LabFile, place: string): Promise<void> {
  await removeDelayLine(lab, place)
  if (place !== EDGE && isUp(lab, place)) limitDisks(lab, place, 0, 0)
}

/** Whether a delay line is in a host's cable now. */
export const isSlow = (lab: LabFile, place: string): boolean =>
  keeperNamed(DELAY_LINE, hostFolder(lab, place)) !== undefined

/** cable - bridge of its own - line - the bridge of all. The kernel's netem would do too, where it is built in. */
async function putDelayLine(lab: LabFile, place: string, eachWayMs: number, lossPercent: number) {
  const log = join(lab.folder, `${place}.delay-line.log`)
  const ip = inSwitch(lab)
  const network = `--net=${namespaceFile(lab.name, 'switch')}`
  const line = [join(machineScripts, DELAY_LINE), hostFolder(lab, place), place]
  const args = [network, 'perl', ...line, String(eachWayMs), String(lossPercent)]
  const child = startKeeper(log, 'nsenter', args)
  await until(`the delay line of ${place}`, () => {
    if (child.exitCode !== null) throw new Error(`no delay line: ${logTail(log)}`)
    return hasLink(lab, `${place}-b`)
  })
  await ip('link', 'add', `${place}-s`, 'type', 'bridge', 'forward_delay', '0')
  await ip('link', 'set', `${place}-s`, 'up')
  await ip('link', 'set', `${place}-a`, 'master', `${place}-s`, 'up')
  await ip('link', 'set', `${place}-b`, 'master', 'br0', 'up')
  if (await hasLink(lab, place)) await ip('link', 'set', place, 'master', `${place}-s`)
}

async function removeDelayLine(lab: LabFile, place: string): Promise<void> {
  const ip = inSwitch(lab)
  if (await hasLink(lab, `${place}-s`)) {
    if (await hasLink(lab, place)) await ip('link', 'set', place, 'master', 'br0')
    await ip('link', 'del', `${place}-s`)
  }
  const find = () =>
    [keeperNamed(DELAY_LINE, hostFolder(lab, place))].filter((pid) => pid !== undefined)
  await endAll(`the delay line of ${place}`, find)
}

const inSwitch =
  (lab: LabFile) =>
  (...args: string[]) =>
    run('ip', '-n', namespaceOf(lab.name, 'switch'), ...args)

const hasLink = (lab: LabFile, link: string): Promise<boolean> =>
  succeeds('ip', '-n', namespaceOf(lab.name, 'switch'), 'link', 'show', link)

/** Zero means no limit. A limit is on a host's loop devices for its own processes, and ends with its next boot. */
function limitDisks(lab: LabFile, host: string, bytesPerSecond: number, operations: number): void {
  const pid = neededInit(lab, host)
  const file = neededFile(lab.name, host, 'disk')
  for (const disk of ['var/lib/howdah', 'run/howdah-lab/system']) {
    const device = deviceNumber(statSync(`/proc/${pid}/root/${disk}`).dev)
    if (file.endsWith('/io.max')) {
      const [bytes, count] = [bytesPerSecond || 'max', operations || 'max']
      writeFileSync(file, `${device} rbps=${bytes} wbps=${bytes} riops=${count} wiops=${count}`)
      continue
    }
    for (const side of ['read', 'write']) {
      const throttle = join(dirname(file), `blkio.throttle.${side}`)
      writeFileSync(`${throttle}_bps_device`, `${device} ${bytesPerSecond}`)
      writeFileSync(`${throttle}_iops_device`, `${device} ${operations}`)
    }
  }
}
