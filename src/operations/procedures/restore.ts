import { z } from 'zod'
import { DesiredInstance } from '../../contract/documents/work.ts'
import { Mode } from '../../contract/instance.ts'
import { RecoveryTarget } from '../../contract/target.ts'
import { howdahProcedure } from '../dependencies.ts'
import { exchangeHeads } from '../instance/exchange.ts'
import { rememberProject } from '../instance/remember-project.ts'
import { restoreInto } from '../instance/restore.ts'

/** Brings a moment of a lineage back: as a new instance, or in the place of the one that is there. */
export const restore = howdahProcedure({
  kind: 'restore',
  input: z.object({
    lineage: z.string(),
    target: RecoveryTarget,
    project: z.string(),
    directory: z.string(),
    mode: Mode.optional(),
    /** The new instance; with `inPlace`, the name under which it is built. */
    desired: DesiredInstance,
    /** The service that it takes the place of, and the name that the old state is kept under. */
    inPlace: z.object({ service: z.string(), keepAs: z.string() }).optional(),
  }),
  title: ({ project, desired, inPlace }) =>
    inPlace
      ? `restore of ${project}/${inPlace.service} in place`
      : `restore as ${project}/${desired.service}`,
  subjects: ({ project, desired, inPlace }) => [
    project,
    `${project}/${desired.service}`,
    ...(inPlace ? [`${project}/${inPlace.service}`, `${project}/${inPlace.keepAs}`] : []),
  ],
  async run(input, context, d) {
    const { lineage, target, project, directory, desired, inPlace, mode = 'affordable' } = input
    await context.step('remember the project', () =>
      rememberProject(d, { project, directory, mode }),
    )
    await restoreInto(context, d, { lineage, target, project, desired, how: 'restore' })
    if (!inPlace) return { project, service: desired.service }
    const { service, keepAs } = inPlace
    await exchangeHeads(context, d, { project, service, taker: desired.service, keepAs })
    return { project, service, keptAs: keepAs }
  },
})
