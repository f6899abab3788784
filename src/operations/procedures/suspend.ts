import { howdahProcedure } from '../dependencies.ts'
import { startInstance } from '../instance/change.ts'
import { editInstance, editMember, untilState } from '../members.ts'
import { Several, subjectsOf, titleOf } from './power.ts'

/** Stops servers in order, so that their last WAL is archived; the next client of each starts it again. */
export const suspend = howdahProcedure({
  kind: 'suspend',
  input: Several,
  title: titleOf('suspend'),
  subjects: subjectsOf,
  async run({ project, services }, { step }, d) {
    for (const service of services) {
      await step(`${service}: suspend`, async (s) => {
        await editInstance(d, project, service, (i) => ({ ...i, wanted: 'suspended' }))
        const member = await editMember(d, project, service, (m) => ({ ...m, wanted: 'suspended' }))
        await untilState(d, member, s.signal, 'suspended')
      })
    }
  },
})

export const resume = howdahProcedure({
  kind: 'resume',
  input: Several,
  title: titleOf('resume'),
  subjects: subjectsOf,
  async run({ project, services }, { step }, d) {
    for (const service of services) {
      await step(`${service}: resume`, (s) => startInstance(d, project, service, s.signal))
    }
  },
})
