import { expect, test } from 'vitest'
import { plan } from '../fixtures.suite.ts'
import { colours } from './colour.ts'
import { planText } from './plan-text.ts'

const action = plan().actions[0]!

test('a plan shows what the mode means, each action with its impact, notes and what is left alone', () => {
  const shown = plan({
    modeMeaning: 'affordable: one server, small',
    actions: [
      action,
      { ...action, sentence: 'change log_statement', impact: 'reload' },
      { ...action, sentence: 'change shared_buffers', impact: 'restart' },
    ],
    notes: [{ message: 'ports are not used', at: { file: 'compose.yaml', line: 7, column: 5 } }],
    orphans: ['old'],
  })
  expect(planText(shown, colours(false)).split('\n')).toEqual([
    'shop (affordable: one server, small)',
    '  + create database with Postgres 16.14',
    '  ~ change log_statement (no interruption)',
    '  ! change shared_buffers (restart: clients lose their connections)',
    '  note: compose.yaml:7:5: ports are not used',
    '  old is not in compose as a managed service, and left alone; `howdah down old` removes it',
  ])
})

test('an empty plan says that there is nothing to do', () => {
  expect(planText(plan({ actions: [] }), colours(false))).toContain('nothing to do')
})
