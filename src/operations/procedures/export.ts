import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { instanceOf, memberIdOf, memberOf } from '../members.ts'
import type { StepContext } from '../procedure.ts'

/** As for a base backup: a disk of 100 MB/s copies 8 TB in it. */
const EXPORT_DEADLINE_MS = 24 * 60 * 60 * 1000

const Export = z.object({
  project: z.string(),
  service: z.string(),
  /** Absolute; must not exist. */
  directory: z.string(),
  owner: z.string().optional(),
})
type Export = z.output<typeof Export>

/** Gives people their data: a plain data directory that stock Postgres starts. The instance goes on as it is. */
export const exportInstance = howdahProcedure({
  kind: 'export',
  input: Export,
  title: ({ project, service, directory }) => `export of ${project}/${service} to ${directory}`,
  subjects: ({ directory }) => [`exports/${directory}`],
  async run(asked, { id, step, signal }, d) {
    const { directory } = asked
    const inTheMaking = `${directory}.${id}.part`
    // A step of its own: what is there when the copy is resumed was put there by it.
    await step('look at the place', () => d.driver.expectExportPlace(directory))
    try {
      const exported = await step('copy', (s) => copy(d, asked, inTheMaking, s), {
        deadlineMs: EXPORT_DEADLINE_MS,
        endsOnCancel: true,
      })
      return { directory, ...exported }
    } catch (error) {
      if (signal.aborted) throw error
      await step('undo the export', () => d.driver.removeExport(inTheMaking), {
        evenIfCancelled: true,
      })
      throw error
    }
  },
})

async function copy(d: Dependencies, asked: Export, inTheMaking: string, s: StepContext) {
  const { project, service, directory, owner } = asked
  const { engine, user, database, settings } = await instanceOf(d, project, service)
  const observed = await d.documents.observed.get(...memberIdOf(project, service))
  const state = observed?.value.state ?? 'absent'
  if (!['ready', 'stopped', 'suspended'].includes(state)) {
    const message = `the server of “${service}” is neither running nor stopped: it is ${state}`
    throw new AppError('INSTANCE_NOT_RUNNING', message)
  }
  const version = `${engine.major}.${engine.minor}`
  return d.driver.exportData(
    await memberOf(d, project, service),
    {
      directory,
      inTheMaking,
      running: state === 'ready',
      resumed: s.attempt > 1,
      owner,
      facts: { project, service, version, user, database, settings },
    },
    s,
  )
}
