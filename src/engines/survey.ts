import type { Engine } from '../contract/engine.ts'
import { AppError } from '../errors/app-error.ts'
import type { Account } from '../system/account.ts'

/** An engine that is there and does not work. */
export interface BrokenEngine {
  /** The id that it would have; a system engine's is only known by running it. */
  readonly id: string | undefined
  readonly error: AppError
}

/** What is installed on a machine. */
export interface Survey {
  readonly engines: readonly Engine[]
  readonly broken: readonly BrokenEngine[]
}

/** What looking at engines needs to know. */
export interface EngineSite {
  /** Folder of the npm engines and of what is remembered of the others. */
  readonly enginesDirectory: string
  /** Who runs servers; without: we do. */
  readonly account?: Account | undefined
  /** Stands for `/` when system engines are looked for. */
  readonly systemRoot?: string | undefined
  readonly log: EngineLog
}

/** The part of the daemon's log (pino) that is used here. */
export interface EngineLog {
  warn(details: Readonly<Record<string, unknown>>, message: string): void
}

/** Sorts engines and failures apart, newest engine first. A second one of one id (two packages of the same version) is left out. */
export function surveyOf(found: readonly (Engine | BrokenEngine)[]): Survey {
  const engines = new Map<string, Engine>()
  const broken: BrokenEngine[] = []
  for (const one of found) {
    if ('error' in one) broken.push(one)
    else if (!engines.has(one.id)) engines.set(one.id, one)
  }
  const newestFirst = (a: Engine, b: Engine): number => b.major - a.major || b.minor - a.minor
  return { engines: [...engines.values()].toSorted(newestFirst), broken }
}
