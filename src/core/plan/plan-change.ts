import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { DesiredInstance, Work } from '../../contract/documents/work.ts'
import type { ActionKind, Impact } from '../../contract/plan.ts'
import type { Note } from '../../contract/project.ts'
import { describeBytes } from '../describe-bytes.ts'
import type { z } from 'zod'
import { sizedSettings } from '../sizing.ts'
import { backupsChange } from './backups-change.ts'
import type { EngineChoice } from './engine-choice.ts'
import type { PlanPart } from './plan-creation.ts'
import type { Wanted } from './plan-project.ts'
import { repositoryChange, type WrittenLineage } from './repository-change.ts'

interface Circumstances {
  /** When each setting takes effect. */
  readonly contexts: Readonly<Record<string, string>>
  readonly drifted: boolean
  /** Unset for an instance that has none yet. */
  readonly lineage: WrittenLineage | undefined
}

/** A service that has an instance: just the differences. */
export function planChange(
  have: InstanceDocument,
  { desired, choice }: Wanted,
  { contexts, drifted, lineage }: Circumstances,
): PlanPart {
  const refusals = refusalsOf(have, desired, choice.major)
  if (refusals.length > 0) return { work: [], notes: [], refusals }
  const version = { major: choice.major, minor: choice.minor, engineId: choice.engineId }
  const work: Work[] = []
  const isStopped = have.wanted === 'stopped'
  const isAtRest = have.wanted !== 'running'
  const add = (
    kind: z.output<typeof ActionKind>,
    sentence: string,
    impact: Impact,
    held?: string,
  ): void => {
    work.push({
      // A server that is stopped or sleeps has no clients to disturb.
      action: { kind, service: have.service, sentence, impact: isAtRest ? 'none' : impact },
      desired,
      version,
      ...(held ? { lineage: held } : {}),
    })
  }
  const name = `“${have.service}”`
  const move = lineage && repositoryChange(have, lineage, desired.backups)
  const backups = backupsChange(have, desired, move !== undefined)
  // Before everything that would be noted in a history whose place may be gone.
  if (move)
    add(move.kind, [move.sentence, backups].filter(Boolean).join('; '), 'reload', lineage.id)
  if (choice.engineId !== have.engine.id) {
    if (!choice.installed) {
      add('install-engine', `fetch Postgres ${choice.major}.${choice.minor} for ${name}`, 'none')
    }
    add('change-engine', engineSentence(have, choice), 'restart')
  }
  if (desired.portWanted !== have.portWanted) {
    const sentence = `move ${name} from port ${have.portWanted} to ${desired.portWanted}`
    add('change-endpoint', sentence, 'restart')
  }
  const change = settingsChange(have, desired, contexts)
  if (change) add('change-settings', `change ${change.what} of ${name}`, change.impact)
  else if (drifted && have.lineage) {
    add('change-settings', `bring the server of ${name} back to its settings`, 'restart')
  }
  // Made before there were lineages: all its files are written anew then, whatever they said.
  if (!have.lineage) {
    const sentence = `begin to keep backups of ${name}, which restarts its server once`
    add('start-archiving', sentence, 'restart')
  }
  if (backups && !move) add('change-backups', backups, 'none')
  // What follows is said to a running server.
  const isNewPassword = desired.passwordFingerprint !== have.passwordFingerprint
  const isNewDatabase = desired.database !== have.database
  if (isStopped) add('start-instance', `start ${name}`, 'none')
  else if (isAtRest && (isNewPassword || isNewDatabase)) {
    add('start-instance', `wake ${name}`, 'none')
  }
  if (isNewPassword) {
    add('change-password', `give “${desired.user}” of ${name} its new password`, 'none')
  }
  if (isNewDatabase) {
    const sentence = `add the database “${desired.database}” to ${name}; “${have.database}” stays`
    add('create-database', sentence, 'none')
  }
  const notes = [...goingBack(have, choice), ...notesOf(have, desired)]
  return { work, notes, refusals: [] }
}

const isOlder = (have: InstanceDocument, choice: EngineChoice): boolean =>
  choice.minor < have.engine.minor

function engineSentence(have: InstanceDocument, choice: EngineChoice): string {
  const from = `${have.engine.major}.${have.engine.minor}`
  const to = `${choice.major}.${choice.minor}`
  return isOlder(have, choice)
    ? `go back from Postgres ${from} to ${to} with “${have.service}”`
    : `run “${have.service}” on Postgres ${to} in place of ${from}`
}

const goingBack = (have: InstanceDocument, choice: EngineChoice): Note[] =>
  isOlder(have, choice)
    ? [
        {
          message: `“${have.service}” goes back from ${have.engine.major}.${have.engine.minor} to ${choice.major}.${choice.minor}: minor versions share their data format, and what was mended in between is lost`,
        },
      ]
    : []

function refusalsOf(have: InstanceDocument, desired: DesiredInstance, major: number): string[] {
  const name = `“${have.service}”`
  const refusals: string[] = []
  if (have.phase !== 'live') {
    refusals.push(
      `${name} was left half removed; finish it with \`howdah down ${have.service}\`, then it can be made anew`,
    )
  }
  if (have.heldSince !== undefined) {
    refusals.push(
      `${name} is what another instance had before something took its place; give it another name with \`howdah branch rename ${have.service} NAME\`, or the service in compose`,
    )
  } else if (have.branch && !desired.branchOf) {
    refusals.push(
      `${name} is a branch of “${have.branch.service}” and compose knows nothing of that: say \`branch-of: ${have.branch.service}\` there, or give the branch another name with \`howdah branch rename ${have.service} NAME\``,
    )
  }
  if (major !== have.engine.major) {
    refusals.push(
      `${name} runs Postgres ${have.engine.major} and compose asks for ${major}: a change of the major version is not supported yet. Go on with ${have.engine.major}, or make a new service and move the data with pg_dump`,
    )
  }
  if (desired.user !== have.user) {
    refusals.push(
      `${name} belongs to the user “${have.user}” and compose asks for “${desired.user}”: the owner cannot be changed. Make the role yourself with \`howdah psql\`, or put POSTGRES_USER back`,
    )
  }
  return refusals
}

interface SettingsChange {
  readonly what: string
  readonly impact: Impact
}

function settingsChange(
  have: InstanceDocument,
  desired: DesiredInstance,
  contexts: Readonly<Record<string, string>>,
): SettingsChange | undefined {
  const parts: string[] = []
  if (desired.memoryBytes !== have.memoryBytes) {
    parts.push(`memory ${describeBytes(have.memoryBytes)} → ${describeBytes(desired.memoryBytes)}`)
  }
  if (desired.cpus !== have.cpus) parts.push(`cpus ${have.cpus} → ${desired.cpus}`)
  if (desired.tls !== have.tls) parts.push(`tls ${have.tls} → ${desired.tls}`)
  for (const name of changedNames(have.settings, desired.settings)) {
    const from = have.settings[name] ?? 'default'
    parts.push(`${name} ${from} → ${desired.settings[name] ?? 'default'}`)
  }
  if (parts.length === 0) return undefined
  const names = changedNames(
    { ...sizedSettings(have), ...have.settings },
    { ...sizedSettings(desired), ...desired.settings },
  )
  const restart = names.some((name) => contexts[name] === 'postmaster')
  return { what: parts.join(', '), impact: restart ? 'restart' : 'reload' }
}

function changedNames(a: Record<string, string>, b: Record<string, string>): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].filter((name) => a[name] !== b[name]).sort()
}

function notesOf(have: InstanceDocument, desired: DesiredInstance): Note[] {
  const notes: Note[] = []
  if (JSON.stringify(desired.initdb) !== JSON.stringify(have.initdb)) {
    notes.push({
      message: `POSTGRES_INITDB_ARGS of “${have.service}” counts only when an instance is created; the change has no effect`,
    })
  }
  if (desired.fromSnapshot !== have.fromSnapshot && desired.fromSnapshot) {
    notes.push({
      message: `“${have.service}” exists already; from-snapshot counts only when it is created`,
    })
  }
  const { branchOf } = desired
  if (branchOf && branchOf.service !== have.branch?.service) {
    const { service } = have
    notes.push({
      message: `“${service}” exists already and is no branch of “${branchOf.service}”; branch-of counts only when it is created. \`howdah down ${service}\`, then \`howdah up\`, makes it one`,
    })
  }
  return notes
}
