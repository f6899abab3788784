import { z } from 'zod'
import { hbaConf } from '../../core/config/hba.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { startInstance } from '../instance/change.ts'
import { removeInstance } from '../instance/remove.ts'
import { takeSnapshot } from '../instance/take-snapshot.ts'
import { retold } from '../instance/way-back.ts'
import { editMember, instanceOf, memberOf, untilReady } from '../members.ts'
import type { Context } from '../procedure.ts'

/** Which services go, and the name of the final snapshot of each that gets one. */
export const DownInput = z.object({
  project: z.string(),
  services: z.array(z.object({ service: z.string(), finalSnapshot: z.string().optional() })),
  /** Nothing of the project is left afterwards, so it is forgotten too. */
  forgetProject: z.boolean(),
  /** WAL that no archive has, and that comes into none, may go with the data. */
  acceptLoss: z.boolean().optional(),
})

/** Removes instances. A final snapshot comes first where one is wanted: no snapshot, no removal. */
export const down = howdahProcedure({
  kind: 'down',
  input: DownInput,
  title: ({ project }) => `down of ${project}`,
  subjects: ({ project, services }) => [
    project,
    ...services.map((s) => `${project}/${s.service}`),
    ...services.flatMap((s) => (s.finalSnapshot ? [`snapshots/${s.finalSnapshot}`] : [])),
  ],
  async run({ project, services, forgetProject, acceptLoss = false }, context, d) {
    for (const { service, finalSnapshot } of services) {
      if (finalSnapshot) await takeFinalSnapshot(context, d, project, service, finalSnapshot)
      try {
        await context.step(`${service}: remove`, (s) =>
          removeInstance(d, project, service, s.signal, { acceptLoss }),
        )
      } catch (error) {
        if (finalSnapshot) await reopenSpared(context, d, project, service, error)
        throw error
      }
    }
    if (forgetProject) {
      await context.step('forget the project', () =>
        d.store.write([d.documents.projects.remove([project])]),
      )
    }
    return { snapshots: services.flatMap((s) => s.finalSnapshot ?? []) }
  },
})

/** An instance that a cancel spares after its snapshot was taken is closed to clients; now it is open again. */
async function reopenSpared(
  context: Context,
  d: Dependencies,
  project: string,
  service: string,
  error: unknown,
): Promise<void> {
  if (AppError.from(error).code !== 'OPERATION_CANCELLED') return
  const instance = await d.documents.instances.get(project, service)
  if (instance?.value.phase === 'live') await reopen(context, d, project, service)
}

function reopen({ step }: Context, d: Dependencies, project: string, service: string) {
  return step(
    `${service}: open to clients again`,
    (s) => setOpen(d, project, service, 'clients', s.signal),
    { evenIfCancelled: true },
  )
}

/** Nobody writes between the copy and the end: what clients were told is committed is in the snapshot. */
async function takeFinalSnapshot(
  context: Context,
  d: Dependencies,
  project: string,
  service: string,
  name: string,
): Promise<void> {
  const { step, signal } = context
  await step(`${service}: start for its snapshot`, async (s) => {
    const { directory } = await memberOf(d, project, service)
    await startInstance(d, project, service, s.signal).catch((error: unknown) => {
      throw s.signal.aborted ? error : noFinalSnapshot(error, directory, service)
    })
  })
  try {
    await step(`${service}: close to clients`, (s) =>
      setOpen(d, project, service, 'admin', s.signal),
    )
    await takeSnapshot(context, d, { project, service, name, kind: 'final' })
  } catch (error) {
    if (signal.aborted) throw error
    await reopen(context, d, project, service)
    throw error
  }
}

/**
 * Lets clients in, or nobody but us. Closing is a restart: no session outlives it, not even one that was just logging in
 * and would write after the copy.
 */
async function setOpen(
  d: Dependencies,
  project: string,
  service: string,
  open: 'clients' | 'admin',
  signal: AbortSignal,
): Promise<void> {
  const { tls } = await instanceOf(d, project, service)
  const hba = hbaConf({ tls, open })
  const member = await editMember(d, project, service, (m) =>
    retold(m, { ...m, files: { ...m.files, 'pg_hba.conf': hba } }, open === 'admin'),
  )
  await untilReady(d, member, signal)
}

/** Without a running server there is no snapshot, and without a snapshot nothing is removed unasked. */
function noFinalSnapshot(cause: unknown, directory: string, service: string): AppError {
  const failure = AppError.from(cause)
  const message = `“${service}” cannot be copied because its server does not run: ${failure.message}`
  return new AppError(failure.code, message, {
    cause,
    details: failure.details,
    hint: `Nothing was removed. See \`howdah logs ${service}\` and mend it; or remove the instance with \`howdah down ${service} --no-snapshot\`, which takes what ${directory} has of WAL into its backups before, so that \`howdah undelete ${service}\` brings the last commit back.`,
  })
}
