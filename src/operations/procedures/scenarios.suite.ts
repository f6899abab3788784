import type { ProjectWork } from '../../contract/documents/work.ts'
import { desired } from '../../core/plan/documents.suite.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'
import { secrets } from '../fake-host.suite.ts'

type Kind =
  | 'backup-create'
  | 'backup-remove'
  | 'backup-verify'
  | 'restore'
  | 'swap'
  | 'branch-create'
  | 'branch-reset'
  | 'branch-remove'
  | 'branch-keep'
  | 'instance-rename'
  | 'lineage-remove'
  | 'lineage-renew'
  | 'export'
  | 'drill'
  | 'up'
  | 'down'
  | 'start'
  | 'stop'
  | 'restart'
  | 'suspend'
  | 'resume'
  | 'snapshot-create'
  | 'snapshot-remove'
/** What an operation is asked, or how to find that out on the machine as it is by then. */
export type Input = object | ((documents: Documents) => Promise<object>)

export interface Scenario {
  /** Operations that run undisturbed first. */
  readonly before: readonly (readonly [Kind, Input])[]
  readonly kind: Kind
  readonly input: Input
  /** Servers that do not start, by their folder and their postgresql.conf. */
  readonly refuses?: (directory: string, conf: string) => AppError | undefined
  /** Asked to end when this step begins. */
  readonly cancelledIn?: string
}

export const version = { engineId: 'fake-16.14', major: 16, minor: 14 }
export const wanted = (service: string, changes: object = {}) => ({
  ...desired,
  service,
  sealedPassword: secrets.seal(`credentials/shop/${service}`, 'secret'),
  ...changes,
})
type Action = ProjectWork['work'][number]['action']
export const action = (kind: Action['kind'], service: string, impact: Action['impact'] = 'none') =>
  ({ kind, service, sentence: `${kind} of ${service}`, impact }) as const
export const project = (...given: ProjectWork['work']): ProjectWork => ({
  project: 'shop',
  directory: '/home/ann/shop',
  mode: 'affordable',
  work: given,
  basis: {},
})
const creation = (service: string) => ({
  action: action('create-instance', service),
  desired: wanted(service),
  version,
})

/** One instance, `db`. */
export const theInstance = [['up', project(creation('db'))]] as const
export const finalName = 'shop-db-final'
export const downKeeping = {
  project: 'shop',
  services: [{ service: 'db', finalSnapshot: finalName }],
  forgetProject: true,
}
export const changed = wanted('db', { settings: { max_connections: '9' }, database: 'second' })
export const portInUse = new AppError('PORT_IN_USE', 'nginx has it')

/** The only lineage that there is by then, and what is asked of it. */
export const ofLineage =
  (asked: object = {}): Input =>
  async ({ lineages }) => ({ lineage: (await lineages.list())[0]?.value.id, ...asked })
export const full = ofLineage({ kind: 'full' })
const ofBackup: Input = async ({ lineages, backups }) => {
  const lineage = (await lineages.list())[0]?.value.id ?? ''
  return { lineage, backup: (await backups.list(lineage))[0]?.value.id }
}
export const backedUp = [...theInstance, ['backup-create', full]] as const
const restored = (asked: object = {}): Input =>
  ofLineage({
    target: { kind: 'latest' },
    project: 'shop',
    directory: '/home/ann/shop',
    desired: wanted('was'),
    ...asked,
  })

export const scenarios: [string, Scenario][] = [
  ['up of two services', { before: [], kind: 'up', input: project(creation('db'), creation('b')) }],
  [
    'up with changes that need a restart',
    {
      before: theInstance,
      kind: 'up',
      input: project(
        { action: action('change-settings', 'db', 'restart'), desired: changed, version },
        { action: action('change-password', 'db'), desired: changed, version },
        { action: action('create-database', 'db'), desired: changed, version },
      ),
    },
  ],
  [
    'up of a server that does not start',
    { before: [], kind: 'up', input: project(creation('db')), refuses: () => portInUse },
  ],
  [
    'up that would create what is there by now',
    { before: theInstance, kind: 'up', input: project(creation('db')) },
  ],
  [
    'up whose plan is outdated',
    { before: theInstance, kind: 'up', input: { ...project(creation('b')), basis: { db: 1 } } },
  ],
  [
    'up with settings that the server does not start with',
    {
      before: theInstance,
      kind: 'up',
      input: project({
        action: action('change-settings', 'db', 'restart'),
        desired: changed,
        version,
      }),
      refuses: (_, conf) => (conf.includes("max_connections = '9'") ? portInUse : undefined),
    },
  ],
  [
    'up that is cancelled on its way',
    { before: [], kind: 'up', input: project(creation('db')), cancelledIn: 'db: place' },
  ],
  ['down with a final snapshot', { before: theInstance, kind: 'down', input: downKeeping }],
  [
    'down of a stopped instance with a final snapshot',
    {
      before: [...theInstance, ['stop', { project: 'shop', services: ['db'] }]],
      kind: 'down',
      input: downKeeping,
    },
  ],
  [
    'down whose snapshot replaces one that an earlier, cancelled down had kept',
    {
      before: [
        ...theInstance,
        ['snapshot-create', { project: 'shop', service: 'db', name: finalName }],
      ],
      kind: 'down',
      input: downKeeping,
    },
  ],
  [
    'down of two stopped instances that is cancelled after the first',
    {
      before: [
        ['up', project(creation('db'), creation('b'))],
        ['stop', { project: 'shop', services: ['db', 'b'] }],
      ],
      kind: 'down',
      input: { ...downKeeping, services: [{ service: 'db' }, { service: 'b' }] },
      cancelledIn: 'db: remove',
    },
  ],
  [
    'down without a snapshot',
    { before: theInstance, kind: 'down', input: { ...downKeeping, services: [{ service: 'db' }] } },
  ],
  [
    'down whose copy does not start',
    {
      before: theInstance,
      kind: 'down',
      input: downKeeping,
      refuses: (directory) => (directory.includes('-try') ? portInUse : undefined),
    },
  ],
  [
    'down that is cancelled when its snapshot is kept',
    { before: theInstance, kind: 'down', input: downKeeping, cancelledIn: 'db: keep the snapshot' },
  ],
  [
    'restart',
    { before: theInstance, kind: 'restart', input: { project: 'shop', services: ['db'] } },
  ],
  [
    'snapshot create',
    {
      before: theInstance,
      kind: 'snapshot-create',
      input: { project: 'shop', service: 'db', name: 's1' },
    },
  ],
  [
    'snapshot remove',
    {
      before: [...theInstance, ['snapshot-create', { project: 'shop', service: 'db', name: 's1' }]],
      kind: 'snapshot-remove',
      input: { name: 's1' },
    },
  ],
  ['backup create', { before: theInstance, kind: 'backup-create', input: full }],
  [
    'backup create of a stopped instance',
    {
      before: [...theInstance, ['stop', { project: 'shop', services: ['db'] }]],
      kind: 'backup-create',
      input: full,
    },
  ],
  ['backup remove', { before: backedUp, kind: 'backup-remove', input: ofBackup }],
  ['backup verify', { before: backedUp, kind: 'backup-verify', input: ofLineage() }],
  ['restore as a new instance', { before: backedUp, kind: 'restore', input: restored() }],
  [
    'restore whose server does not come up',
    {
      before: backedUp,
      kind: 'restore',
      input: restored(),
      refuses: (directory) => (directory.includes('/was/') ? portInUse : undefined),
    },
  ],
  ['restore without a backup', { before: theInstance, kind: 'restore', input: restored() }],
  [
    'restore that is cancelled on its way',
    { before: backedUp, kind: 'restore', input: restored(), cancelledIn: 'was: start the server' },
  ],
  [
    'restore in place',
    {
      before: backedUp,
      kind: 'restore',
      input: restored({ inPlace: { service: 'db', keepAs: 'db-before' } }),
    },
  ],
  [
    'restore of an instance that is gone',
    {
      before: [...backedUp, ['down', { ...downKeeping, services: [{ service: 'db' }] }]],
      kind: 'restore',
      input: restored({ desired: wanted('db') }),
    },
  ],
  [
    'removal of a lineage that nobody writes any more',
    {
      before: [...backedUp, ['down', { ...downKeeping, services: [{ service: 'db' }] }]],
      kind: 'lineage-remove',
      input: ofLineage(),
    },
  ],
  ['restore drill', { before: backedUp, kind: 'drill', input: ofLineage() }],
  [
    'restore drill of a stopped instance',
    {
      before: [...backedUp, ['stop', { project: 'shop', services: ['db'] }]],
      kind: 'drill',
      input: ofLineage(),
    },
  ],
  [
    'restore drill of an instance that is gone',
    {
      before: [...backedUp, ['down', { ...downKeeping, services: [{ service: 'db' }] }]],
      kind: 'drill',
      input: ofLineage(),
    },
  ],
  [
    'restore drill whose server does not come up',
    {
      before: backedUp,
      kind: 'drill',
      input: ofLineage(),
      refuses: (directory) => (directory.includes('-drill-') ? portInUse : undefined),
    },
  ],
  [
    'restore drill that is cancelled on its way',
    { before: backedUp, kind: 'drill', input: ofLineage(), cancelledIn: 'compare rows' },
  ],
  ['restore drill without a backup', { before: theInstance, kind: 'drill', input: ofLineage() }],
]
