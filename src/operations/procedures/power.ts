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

const starting = (kind: 'start' | 'resume') =>
  howdahProcedure({
    kind,
    input: Several,
    title: titleOf(kind),
    subjects: subjectsOf,
    async run({ project, services }, { step }, d) {
      for (const service of services) {
        await step(`${service}: ${kind}`, (s) => startInstance(d, project, service, s.signal))
      }
    },
  })

/** Ends servers in order, so that their last WAL is archived. */
const ending = (kind: 'stop' | 'suspend', wanted: 'stopped' | 'suspended') =>
  howdahProcedure({
    kind,
    input: Several,
    title: titleOf(kind),
    subjects: subjectsOf,
    async run({ project, services }, { step }, d) {
      for (const service of services) {
        await step(`${service}: ${kind}`, async (s) => {
          await editInstance(d, project, service, (i) => ({ ...i, wanted }))
          const member = await editMember(d, project, service, (m) => ({ ...m, wanted }))
          await untilState(d, member, s.signal, wanted)
        })
      }
    },
  })

export const start = starting('start')
export const stop = ending('stop', 'stopped')
/** The next client of each starts it again. */
export const suspend = ending('suspend', 'suspended')
export const resume = starting('resume')

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
