import { z } from 'zod'
import { howdahProcedure } from '../dependencies.ts'
import { exchangeHeads } from '../instance/exchange.ts'

/** Puts one instance's data in the place of another's, and keeps what was there. */
export const swap = howdahProcedure({
  kind: 'swap',
  input: z.object({
    project: z.string(),
    service: z.string(),
    /** Whose data `service` gets. */
    other: z.string(),
    /** The name under which the data that `service` had is kept. */
    keepAs: z.string(),
  }),
  title: ({ project, service, other }) => `swap of ${project}/${service} and ${project}/${other}`,
  subjects: ({ project, service, other, keepAs }) =>
    [service, other, keepAs].map((name) => `${project}/${name}`),
  async run({ project, service, other, keepAs }, context, d) {
    await exchangeHeads(context, d, { project, service, taker: other, keepAs })
    return { project, service, keptAs: keepAs }
  },
})
