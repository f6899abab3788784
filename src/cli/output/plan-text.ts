import type { Action, Plan } from '../../contract/plan.ts'
import type { Colour } from './colour.ts'
import { noteText } from './note-text.ts'

/** A plan for people, line by line: the mode, each action with its impact, what is left alone. */
export function planText(plan: Plan, colour: Colour): string {
  return [
    `${colour.bold(plan.project)} ${colour.dim(`(${plan.modeMeaning})`)}`,
    ...(plan.actions.length === 0
      ? ['  nothing to do: compose and the world agree']
      : plan.actions.map((action) => `  ${actionLine(action, colour)}`)),
    ...plan.notes.map((note) => `  ${colour.warning('note:')} ${noteText(note)}`),
    ...plan.orphans.map(
      (service) =>
        `  ${colour.dim(`${service} is not in compose as a managed service, and left alone; \`howdah down ${service}\` removes it`)}`,
    ),
  ].join('\n')
}

function actionLine({ sentence, impact }: Action, colour: Colour): string {
  const lines = {
    none: `${colour.good('+')} ${sentence}`,
    reload: `${colour.accent('~')} ${sentence} ${colour.dim('(no interruption)')}`,
    restart: `${colour.warning('!')} ${sentence} ${colour.warning('(restart: clients lose their connections)')}`,
    destroy: `${colour.bad('-')} ${sentence} ${colour.bad('(destroys data)')}`,
  }
  return lines[impact]
}
