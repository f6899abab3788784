import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nowMs } from '../harness/clock.ts'
import { type Gap, gapsOf } from '../harness/gaps.ts'
import { Harness } from '../harness/harness.ts'
import { type Verdict, judge } from '../harness/judge.ts'
import type { Fault } from './fault.ts'
import type { Target } from './target.ts'

/** How clients load a cluster while it is hurt. */
export interface Crowd {
  /** Only at those of these names; all where none are named. */
  readonly endpoints?: readonly string[]
  /** At each endpoint of the primary. */
  readonly writers: number
  /** At each endpoint. */
  readonly readers: number
  readonly paceMs: number
  readonly holdMs: number
}

export interface FaultResult extends Verdict {
  readonly fault: string
  readonly title: string
  readonly target: string
  /** Nothing was violated, and nothing happened that must not. */
  readonly isPassed: boolean
  readonly complaints: readonly string[]
  /** What clients saw from the moment of the fault on. */
  readonly gaps: readonly Gap[]
}

/** How long clients run undisturbed before a fault and after it: long enough for every one of them to write several times. */
const CALM_MS = 2000

/** Hurts a whole cluster once under its clients, waits until it is whole again, and judges what they saw. */
export async function runFault(
  code: string,
  fault: Fault,
  target: Target,
  { holdMs, endpoints: names, ...load }: Crowd,
): Promise<FaultResult> {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-faults-'))
  try {
    const ledger = join(folder, 'ledger')
    const { hosts } = target
    const endpoints = target.endpoints.filter(({ name }) => names?.includes(name) ?? true)
    await using clients = await Harness.start({ endpoints, ledger, ...load }, (command) =>
      hosts.start('edge', command),
    )
    await pause(CALM_MS)
    let struckMs = nowMs()
    const complaints: string[] = []
    await fault.run({
      target,
      clients,
      holdMs,
      async strike(harm) {
        struckMs = nowMs()
        await harm()
      },
      complain: (what) => complaints.push(what),
    })
    await clients.untilWritten(nowMs())
    await target.untilWhole()
    await pause(CALM_MS)
    // A gap that began only now, when somebody noticed late, has its end in the ledger too.
    await clients.untilWritten(nowMs())
    const history = await clients.finish()
    const verdict = judge(history)
    return {
      fault: code,
      title: fault.title,
      target: target.name,
      isPassed: verdict.violations.length === 0 && complaints.length === 0,
      complaints,
      gaps: gapsOf(history.entries, struckMs),
      ...verdict,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
