import { z } from 'zod'
import { DesiredInstance } from '../../contract/documents/work.ts'
import { howdahProcedure } from '../dependencies.ts'
import { createInstance } from '../instance/create.ts'
import { rememberProject } from '../instance/remember-project.ts'
import { inheritedFrom, snapshotOf, snapshotToRestore } from '../instance/snapshot-source.ts'
import { takeSnapshot } from '../instance/take-snapshot.ts'

const Create = z.object({ project: z.string(), service: z.string(), name: z.string() })

export const snapshotCreate = howdahProcedure({
  kind: 'snapshot-create',
  input: Create,
  title: ({ project, service }) => `snapshot of ${project}/${service}`,
  subjects: ({ project, service, name }) => [`${project}/${service}`, `snapshots/${name}`],
  async run({ project, service, name }, context, d) {
    await takeSnapshot(context, d, { project, service, name, kind: 'manual' })
    return { name }
  },
})

const Restore = z.object({
  name: z.string(),
  project: z.string(),
  directory: z.string(),
  desired: DesiredInstance,
})

export const snapshotRestore = howdahProcedure({
  kind: 'snapshot-restore',
  input: Restore,
  title: ({ name, project, desired }) => `restore of ${name} as ${project}/${desired.service}`,
  subjects: ({ name, project, desired }) => [
    project,
    `${project}/${desired.service}`,
    `snapshots/${name}`,
  ],
  async run({ name, project, desired, directory }, context, d) {
    const version = await context.step('choose the engine', async () => {
      const { version: copied } = await snapshotOf(d, name)
      const [major = 0, minor = 0] = copied.split('.').map(Number)
      const choice = await d.driver.chooseEngine({ major }, [])
      const older = choice.minor < minor
      return older ? d.driver.chooseEngine({ major, minor }, []) : choice
    })
    const { mode, inherited } = await context.step(`find ${name}`, async () => {
      const wanted = { user: desired.user, major: version.major }
      const snapshot = await snapshotToRestore(d, name, wanted)
      return { mode: snapshot.mode ?? 'affordable', inherited: inheritedFrom(snapshot) }
    })
    await context.step('remember the project', () =>
      rememberProject(d, { project, directory, mode }),
    )
    await createInstance(context, d, { project, desired, version, inherited })
    return { project, service: desired.service }
  },
})

export const snapshotRemove = howdahProcedure({
  kind: 'snapshot-remove',
  input: z.object({ name: z.string() }),
  title: ({ name }) => `removal of the snapshot ${name}`,
  subjects: ({ name }) => [`snapshots/${name}`],
  async run({ name }, { step }, d) {
    await step('remove', async () => {
      await d.driver.removeSnapshot(name)
      await d.store.write([d.documents.snapshots.remove([name])])
    })
  },
})
