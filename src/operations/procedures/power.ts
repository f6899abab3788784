import { z } from 'zod'
import { howdahProcedure } from '../dependencies.ts'
import { startInstance } from '../instance/change.ts'
import { editInstance, editMember, memberOf, untilReady, untilState } from '../members.ts'

/** Some instances of one project. */
export const Several = z.object({ project: z.string(), services: z.array(z.string()) })
export type Several = z.output<typeof Several>

export const subjectsOf = ({ project, services }: Several): string[] =>
  services.map((s) => `${project}/${s}`)
export const titleOf = (verb: string) => (input: Several) =>
  `${verb} of ${subjectsOf(input).join(', ')}`

export const start = howdahProcedure({
  kind: 'start',
  input: Several,
  title: titleOf('start'),
  subjects: subjectsOf,
  async run({ project, services }, { step }, d) {
    for (const service of services) {
      await step(`${service}: start`, (s) => startInstance(d, project, service, s.signal))
    }
  },
})

export const stop = howdahProcedure({
  kind: 'stop',
  input: Several,
  title: titleOf('stop'),
  subjects: subjectsOf,
  async run({ project, services }, { step }, d) {
    for (const service of services) {
      await step(`${service}: stop`, async (s) => {
        await editInstance(d, project, service, (i) => ({ ...i, wanted: 'stopped' }))
        const member = await editMember(d, project, service, (m) => ({ ...m, wanted: 'stopped' }))
        await untilState(d, member, s.signal, 'stopped')
      })
    }
  },
})

export const restart = howdahProcedure({
  kind: 'restart',
  input: Several,
  title: titleOf('restart'),
  subjects: subjectsOf,
  async run({ project, services }, { step }, d) {
    for (const service of services) {
      // Which start is wanted is a step of its own, so that a resumed restart does not restart twice.
      const generation = await step(`${service}: look at the server`, async () => {
        return (await memberOf(d, project, service)).restartGeneration + 1
      })
      await step(`${service}: restart`, async (s) => {
        await editInstance(d, project, service, (i) => ({ ...i, wanted: 'running' }))
        const member = await editMember(d, project, service, (m) => ({
          ...m,
          wanted: 'running',
          restartGeneration: Math.max(m.restartGeneration, generation),
        }))
        await untilReady(d, member, s.signal)
      })
    }
  },
})
