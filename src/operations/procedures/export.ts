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
    try {
      const exported = await step('copy', (s) => copy(d, asked, inTheMaking, s), {
        deadlineMs: EXPORT_DEADLINE_MS,
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
  const before = await stateOf(d, project, service)
  if (before.state !== 'ready' && !before.atRest) {
    const message = `the server of “${service}” is neither running nor stopped: it is ${before.state}`
    throw new AppError('INSTANCE_NOT_RUNNING', message)
  }
  const exported = await d.driver.exportData(
    await memberOf(d, project, service),
    {
      directory,
      inTheMaking,
      running: !before.atRest,
      resumed: s.attempt > 1,
      owner,
      facts: {
        project,
        service,
        version: `${engine.major}.${engine.minor}`,
        user,
        database,
        settings,
      },
    },
    s,
  )
  const after = await stateOf(d, project, service)
  if (before.atRest && after.revision !== before.revision) {
    // A server wrote to the data while it was copied without it knowing: the copy is of no moment.
    await d.driver.removeExport(directory)
    throw new AppError('BACKUP_FAILED', `“${service}” was started while its data was copied`, {
      hint: 'Nothing was kept. Run the command again.',
    })
  }
  return exported
}

/** The agent's last word; its revision changes with every start. */
async function stateOf(d: Dependencies, project: string, service: string) {
  const found = await d.documents.observed.get(...memberIdOf(project, service))
  const state = found?.value.state ?? 'absent'
  return { state, atRest: ['stopped', 'suspended'].includes(state), revision: found?.revision }
}
