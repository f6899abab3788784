import { type Scenario, theInstance } from './scenarios.suite.ts'

const input = { project: 'shop', service: 'db', directory: '/srv/copy' }
const stopped = ['stop', { project: 'shop', services: ['db'] }] as const

export const exportScenarios: [string, Scenario][] = [
  ['export of a running instance', { before: theInstance, kind: 'export', input }],
  ['export of a stopped instance', { before: [...theInstance, stopped], kind: 'export', input }],
  [
    'export to where something is',
    { before: [...theInstance, ['export', input]], kind: 'export', input },
  ],
]
