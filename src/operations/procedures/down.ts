import { z } from 'zod'
import { hbaConf } from '../../core/config/hba.ts'
import { endOtherSessions } from '../../core/sql/sessions.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { startInstance } from '../instance/change.ts'
import { withSession } from '../instance/owner.ts'
import { removeInstance } from '../instance/remove.ts'
import { takeSnapshot } from '../instance/take-snapshot.ts'
import { editMember, instanceOf, memberOf, untilReady } from '../members.ts'
import type { Context } from '../procedure.ts'

/** Which services go, and the name of the final snapshot of each that gets one. */
export const DownInput = z.object({
  project: z.string(),
  services: z.array(z.object({ service: z.string(), finalSnapshot: z.string().optional() })),
  /** Nothing of the project is left afterwards, so it is forgotten too. */
  forgetProject: z.boolean(),
})

/** Removes instances. A final snapshot comes first where one is wanted: no snapshot, no removal. */
export const down = howdahProcedure({
  kind: 'down',
  input: DownInput,
  title: ({ project }) => `down of ${project}`,
  subjects: ({ project, services }) => [project, ...services.map((s) => `${project}/${s.service}`)],
  async run({ project, services, forgetProject }, context, d) {
    for (const { service, finalSnapshot } of services) {
      if (finalSnapshot) await takeFinalSnapshot(context, d, project, service, finalSnapshot)
      try {
        await context.step(`${service}: remove`, (s) =>
          removeInstance(d, project, service, s.signal),
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
  await step(`${service}: start for its snapshot`, (s) =>
    startInstance(d, project, service, s.signal),
  )
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
    m.files['pg_hba.conf'] === hba
      ? m
      : {
          ...m,
          files: { ...m.files, 'pg_hba.conf': hba },
          configGeneration: m.configGeneration + 1,
        },
  )
  await untilReady(d, member, signal)
  if (open === 'admin') {
    await withSession(d, await memberOf(d, project, service), (s) => s.query(endOtherSessions))
  }
}
