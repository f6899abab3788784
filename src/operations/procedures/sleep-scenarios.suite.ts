import {
  action,
  backedUp,
  changed,
  downKeeping,
  full,
  ofLineage,
  project,
  type Scenario,
  theInstance,
  version,
  wanted,
} from './scenarios.suite.ts'

const db = { project: 'shop', services: ['db'] }
const asleep = ['suspend', db] as const

/** What is asked of an instance whose server sleeps until a client connects. */
export const sleepScenarios: [string, Scenario][] = [
  ['suspend', { before: theInstance, kind: 'suspend', input: db }],
  ['resume', { before: [...theInstance, asleep], kind: 'resume', input: db }],
  ['stop of one that sleeps', { before: [...theInstance, asleep], kind: 'stop', input: db }],
  ['restart of one that sleeps', { before: [...theInstance, asleep], kind: 'restart', input: db }],
  [
    'snapshot of one that sleeps',
    {
      before: [...theInstance, asleep],
      kind: 'snapshot-create',
      input: { project: 'shop', service: 'db', name: 's1' },
    },
  ],
  [
    'up with changes of one that sleeps',
    {
      before: [...theInstance, asleep],
      kind: 'up',
      input: project(
        { action: action('change-settings', 'db'), desired: changed, version },
        { action: action('change-password', 'db'), desired: changed, version },
        { action: action('create-database', 'db'), desired: changed, version },
      ),
    },
  ],
  [
    'down of one that sleeps with a final snapshot',
    { before: [...theInstance, asleep], kind: 'down', input: downKeeping },
  ],
  [
    'backup create of one that sleeps',
    { before: [...theInstance, asleep], kind: 'backup-create', input: full },
  ],
  [
    'restore drill of one that sleeps',
    { before: [...backedUp, asleep], kind: 'drill', input: ofLineage() },
  ],
  [
    'branch of one that sleeps',
    {
      before: [...theInstance, asleep],
      kind: 'branch-create',
      input: {
        project: 'shop',
        of: 'db',
        desired: wanted('try', { passwordFingerprint: 'print-b' }),
        passwords: 'own',
      },
    },
  ],
]
