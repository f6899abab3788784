import type { ProjectWork } from '../../contract/documents/work.ts'
import { desired } from '../../core/plan/documents.suite.ts'
import { AppError } from '../../errors/app-error.ts'
import { secrets } from '../fake-host.suite.ts'

type Kind = 'up' | 'down' | 'start' | 'stop' | 'restart' | 'snapshot-create' | 'snapshot-remove'
export interface Scenario {
  /** Operations that run undisturbed first. */
  readonly before: readonly (readonly [Kind, object])[]
  readonly kind: Kind
  readonly input: object
  /** Servers that do not start, by their folder and their postgresql.conf. */
  readonly refuses?: (directory: string, conf: string) => AppError | undefined
  /** Asked to end when this step begins. */
  readonly cancelledIn?: string
}

const version = { engineId: 'fake-16.14', major: 16, minor: 14 }
const wanted = (service: string, changes: object = {}) => ({
  ...desired,
  service,
  sealedPassword: secrets.seal(`credentials/shop/${service}`, 'secret'),
  ...changes,
})
type Action = ProjectWork['work'][number]['action']
const action = (kind: Action['kind'], service: string, impact: Action['impact'] = 'none') =>
  ({ kind, service, sentence: `${kind} of ${service}`, impact }) as const
const project = (...given: ProjectWork['work']): ProjectWork => ({
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

const made = [['up', project(creation('db'))]] as const
export const finalName = 'shop-db-final'
const downKeeping = {
  project: 'shop',
  services: [{ service: 'db', finalSnapshot: finalName }],
  forgetProject: true,
}
const changed = wanted('db', { settings: { max_connections: '9' }, database: 'second' })
const portInUse = new AppError('PORT_IN_USE', 'nginx has it')

export const scenarios: [string, Scenario][] = [
  ['up of two services', { before: [], kind: 'up', input: project(creation('db'), creation('b')) }],
  [
    'up with changes that need a restart',
    {
      before: made,
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
    { before: made, kind: 'up', input: project(creation('db')) },
  ],
  [
    'up whose plan is outdated',
    { before: made, kind: 'up', input: { ...project(creation('b')), basis: { db: 1 } } },
  ],
  [
    'up with settings that the server does not start with',
    {
      before: made,
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
  ['down with a final snapshot', { before: made, kind: 'down', input: downKeeping }],
  [
    'down of a stopped instance with a final snapshot',
    {
      before: [...made, ['stop', { project: 'shop', services: ['db'] }]],
      kind: 'down',
      input: downKeeping,
    },
  ],
  [
    'down whose snapshot replaces one that an earlier, cancelled down had kept',
    {
      before: [...made, ['snapshot-create', { project: 'shop', service: 'db', name: finalName }]],
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
    { before: made, kind: 'down', input: { ...downKeeping, services: [{ service: 'db' }] } },
  ],
  [
    'down whose copy does not start',
    {
      before: made,
      kind: 'down',
      input: downKeeping,
      refuses: (directory) => (directory.includes('-try') ? portInUse : undefined),
    },
  ],
  [
    'down that is cancelled when its snapshot is kept',
    { before: made, kind: 'down', input: downKeeping, cancelledIn: 'db: keep the snapshot' },
  ],
  ['restart', { before: made, kind: 'restart', input: { project: 'shop', services: ['db'] } }],
  [
    'snapshot create',
    {
      before: made,
      kind: 'snapshot-create',
      input: { project: 'shop', service: 'db', name: 's1' },
    },
  ],
  [
    'snapshot remove',
    {
      before: [...made, ['snapshot-create', { project: 'shop', service: 'db', name: 's1' }]],
      kind: 'snapshot-remove',
      input: { name: 's1' },
    },
  ],
]
