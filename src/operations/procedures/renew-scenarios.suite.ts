import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import {
  action,
  backedUp,
  portInUse,
  project,
  type Scenario,
  theInstance,
  version,
  wanted,
} from './scenarios.suite.ts'

const moved = wanted('db', { backups: { ...defaultBackupPolicy, repository: 'vault' } })
const twofold = wanted('db', { backups: { ...defaultBackupPolicy, offsite: 'far' } })
const stopped = ['stop', { project: 'shop', services: ['db'] }] as const
const forked = {
  kind: 'lineage-renew',
  input: { project: 'shop', service: 'db', why: 'fork' },
} as const
const move = project({ action: action('renew-lineage', 'db', 'reload'), desired: moved, version })

/** What begins a new history for an instance that goes on, or changes where one is kept. */
export const renewScenarios: [string, Scenario][] = [
  ['up with backups in another place', { before: backedUp, kind: 'up', input: move }],
  [
    'up with backups of a stopped server in another place',
    { before: [...theInstance, stopped], kind: 'up', input: move },
  ],
  [
    'up with backups in another place that is cancelled before their base is whole',
    { before: theInstance, kind: 'up', input: move, cancelledIn: 'db: base backup' },
  ],
  [
    'new history of a server that left its own and is not well',
    { before: backedUp, ...forked, refuses: () => portInUse },
  ],
  [
    'up with a second place of the backups',
    {
      before: theInstance,
      kind: 'up',
      input: project({
        action: action('change-offsite', 'db', 'reload'),
        desired: twofold,
        version,
      }),
    },
  ],
]
