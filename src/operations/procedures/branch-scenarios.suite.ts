import type { MemberDocument } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import { secrets } from '../fake-host.suite.ts'
import { portInUse, type Scenario, theInstance, wanted } from './scenarios.suite.ts'

const branch = (service: string, asked: object = {}) => ({
  project: 'shop',
  of: 'db',
  desired: wanted(service, { passwordFingerprint: 'print-b' }),
  passwords: 'own',
  ...asked,
})
const branched = [...theInstance, ['branch-create', branch('try')]] as const
const stopped = ['stop', { project: 'shop', services: ['db'] }] as const
const named = { project: 'shop', service: 'try' }
const swapped = { project: 'shop', service: 'db', other: 'try', keepAs: 'db-before' }
const reset = { ...named, building: 'try-building', replaced: 'try-replaced' }
const farFuture = { expiresAt: '2100-01-02T03:04:05.000Z' }

/** Refuses every server whose data came by a copy, for as long as it has the name of the original. */
const taker = (directory: string, conf: string): AppError | undefined =>
  directory.includes('/try/') && conf.includes("cluster_name = 'shop/db'") ? portInUse : undefined

export const branchScenarios: [string, Scenario][] = [
  ['branch', { before: theInstance, kind: 'branch-create', input: branch('try') }],
  [
    'branch of a stopped instance',
    { before: [...theInstance, stopped], kind: 'branch-create', input: branch('try') },
  ],
  [
    'branch that does not start',
    {
      before: theInstance,
      kind: 'branch-create',
      input: branch('try'),
      refuses: (directory) => (directory.includes('/try/') ? portInUse : undefined),
    },
  ],
  [
    'branch of what is not there',
    { before: theInstance, kind: 'branch-create', input: branch('try', { of: 'nothing' }) },
  ],
  [
    'branch that is cancelled on its way',
    { before: theInstance, kind: 'branch-create', input: branch('try'), cancelledIn: 'try: place' },
  ],
  ['swap', { before: branched, kind: 'swap', input: swapped }],
  [
    'swap that keeps the old data under the other name',
    { before: branched, kind: 'swap', input: { ...swapped, keepAs: 'try' } },
  ],
  [
    'swap with what does not start there',
    { before: branched, kind: 'swap', input: swapped, refuses: taker },
  ],
  [
    'swap of a stopped instance that does not start',
    { before: [...branched, stopped], kind: 'swap', input: swapped, refuses: taker },
  ],
  [
    'swap that is cancelled on its way',
    { before: branched, kind: 'swap', input: swapped, cancelledIn: 'db: password' },
  ],
  [
    'swap and back',
    {
      before: [...branched, ['swap', swapped]],
      kind: 'swap',
      input: { ...swapped, other: 'db-before', keepAs: 'try' },
    },
  ],
  ['reset of a branch', { before: branched, kind: 'branch-reset', input: reset }],
  [
    'reset of a branch whose new data does not start in its place',
    {
      before: branched,
      kind: 'branch-reset',
      input: reset,
      refuses: (directory, conf) =>
        directory.includes('/try-building/') && conf.includes("cluster_name = 'shop/try'")
          ? portInUse
          : undefined,
    },
  ],
  ['removal of a branch', { before: branched, kind: 'branch-remove', input: named }],
  [
    'removal of an expired branch that was kept meanwhile',
    {
      before: [...branched, ['branch-keep', { ...named, ...farFuture }]],
      kind: 'branch-remove',
      input: { ...named, expired: true },
    },
  ],
  ['keeping of a branch', { before: branched, kind: 'branch-keep', input: named }],
  [
    'renaming of a branch that has a branch',
    {
      before: [...branched, ['branch-create', branch('leaf', { of: 'try' })]],
      kind: 'instance-rename',
      input: { ...named, to: 'tried' },
    },
  ],
  [
    'renaming of what compose knows by its name',
    {
      before: theInstance,
      kind: 'instance-rename',
      input: { project: 'shop', service: 'db', to: 'other' },
    },
  ],
]

const script = (id: string, text: string) => ({
  id,
  name: `${id}.sql`,
  sealed: secrets.seal(`scripts/${id}`, text),
})

/** A branch with scripts: one that is cut short has it made anew, in steps of their own. */
export const masked: Scenario = {
  before: theInstance,
  kind: 'branch-create',
  input: branch('try', { mask: script('mask', 'hide()'), seed: script('seed', 'add()') }),
}

/** What is told of the members of an end, by name. */
export const membersOf = (
  documents: readonly { key: string; value: unknown }[],
): Map<string, MemberDocument> =>
  new Map(
    documents
      .filter(({ key }) => key.startsWith('members/'))
      .map(({ value }) => value as MemberDocument)
      .map((member) => [member.service, member]),
  )
