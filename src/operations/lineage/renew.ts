import { z } from 'zod'
import { keptIn } from '../../core/policy/kept-in.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { editMember, instanceOf, memberIdOf, memberOf, untilReady } from '../members.ts'
import type { Context, StepContext } from '../procedure.ts'
import { archivingInto } from './archiving.ts'
import { archiveToBoth, archiveUntil, archivingWith } from './archive-to-both.ts'
import { beginBackup } from './begin-backup.ts'
import { beginLineage } from './begin.ts'
import { removeLineage } from './end.ts'
import { takeAndKeep } from './keep-backup.ts'
import { keeperFor } from './keeper-for.ts'
import { editLineage, lineageById, lineageOf } from './lineage-of.ts'
import { keepRecipe } from './recipe.ts'

export const Renewal = z.object({
  project: z.string(),
  service: z.string(),
  /**
   * `repository`: the policy names another place. `fork`: the data are no longer what the history goes on from, so that nothing more
   * of the server's WAL may come into it.
   */
  why: z.enum(['repository', 'fork']),
  /** The lineage that it is to write until then; when it does not, CHANGE_REFUSED. */
  lineage: z.string().optional(),
  /** Where the two part, as far as it is known. */
  at: z
    .object({
      timeline: z.int().optional(),
      lsn: z.string().optional(),
      at: z.string().optional(),
    })
    .optional(),
})
export type Renewal = z.output<typeof Renewal>

/** Both lineages, by their ids. */
interface Both {
  readonly old: string
  readonly next: string
}

/**
 * Begins a new lineage for an instance that goes on as it is, where its policy says, with a base backup; the one before is its parent,
 * is closed, and can be restored for as long as closed ones are kept. With another repository both take the WAL until the
 * base is whole, so that no moment is in neither, and a failure before that leaves all as it was. No server is restarted.
 */
export async function renewLineage(
  context: Context,
  d: Dependencies,
  renewal: Renewal,
): Promise<Both> {
  const { id, step } = context
  const { service, why } = renewal
  const both = await step(`${service}: begin a new backup history`, () => begin(d, renewal, id))
  if (why === 'repository') {
    await orUndo(context, d, renewal, both, async () => {
      const isTwofold = await step(`${service}: archive to both histories`, (s) =>
        archiveToBoth(d, renewal, both, s),
      )
      const base = await takeAndKeep(context, d, renewal, both.next)
      if (!isTwofold) return
      await step(`${service}: archive to the end of the one before`, (s) =>
        archiveUntil(d, renewal, both.old, base, s),
      )
    })
  }
  await step(`${service}: go on with the new history`, () => goOn(d, renewal, both), {
    evenIfCancelled: true,
  })
  try {
    await step(`${service}: wait for the server`, (s) => untilTold(d, renewal, s.signal), {
      evenIfCancelled: true,
    })
  } finally {
    // Also when the server is not well: what nobody writes any more is not left open.
    await step(`${service}: close the history before`, () => close(d, renewal, both), {
      evenIfCancelled: true,
    })
  }
  // By an operation of its own: it is the lineage's from here on, and a schedule may want one at the same moment.
  if (why === 'fork') await step(`${service}: base backup`, () => beginBackup(d, both.next))
  return both
}

async function begin(d: Dependencies, renewal: Renewal, operation: string): Promise<Both> {
  const { project, service, why, lineage, at } = renewal
  const instance = await instanceOf(d, project, service)
  const old = await lineageOf(d, project, service)
  if (lineage !== undefined && old.id !== lineage) {
    throw new AppError('CHANGE_REFUSED', `“${service}” does not write the lineage ${lineage}`)
  }
  const keeper = await keeperFor(d, instance)
  const how = why === 'fork' ? 'fork' : 'renewal'
  const next = await beginLineage(d, {
    instance,
    operation,
    engineKind: keeper.kind,
    // It is the same server.
    systemIdentifier: old.systemIdentifier,
    parent: { lineage: old.id, how, ...at },
  })
  try {
    await keeper.prepare(next, await memberOf(d, project, service))
  } catch (error) {
    // Nothing of it is anywhere, so nothing but its document goes.
    await d.store.write([d.documents.lineages.remove([next.id])])
    throw error
  }
  return { old: old.id, next: next.id }
}

/** The server and the instance change to it at once: no look at the old archive asks it for what goes to the new one. */
async function goOn(
  d: Dependencies,
  { project, service }: Renewal,
  { old, next }: Both,
): Promise<void> {
  const { instances, members } = d.documents
  const instance = await instances.get(project, service)
  const member = await members.get(...memberIdOf(project, service))
  if (!instance || !member) {
    throw new AppError('INSTANCE_NOT_FOUND', `there is no instance ${project}/${service}`)
  }
  if (instance.value.lineage === old) {
    const lineage = await lineageById(d, next)
    const settings = await archivingInto(d, lineage, instance.value.engine)
    const told = archivingWith(member.value, next, settings)
    await d.store.write([
      instances.put([project, service], { ...instance.value, lineage: next }, instance.revision),
      members.put(memberIdOf(project, service), told, member.revision),
    ])
  }
  await keepRecipe(d, project, service)
}

/** Until the server runs with what it was told, if it is to run. */
async function untilTold(
  d: Dependencies,
  { project, service }: Renewal,
  signal: AbortSignal,
): Promise<void> {
  const told = await memberOf(d, project, service)
  if (told.wanted === 'running') await untilReady(d, told, signal)
}

/** Also when its place is gone, which may be why there is another. */
async function close(d: Dependencies, renewal: Renewal, { old, next }: Both): Promise<void> {
  const { project, service } = renewal
  const subject = `${project}/${service}`
  const { backups: policy } = await instanceOf(d, project, service)
  const closedAt = new Date().toISOString()
  await orTell(d, subject, old, async () => {
    const lineage = { ...(await lineageById(d, old)), closedAt }
    const archive = await d.backups.of(lineage).archive(lineage, undefined)
    await d.store.write([d.documents.archives.put([old], { format: 1, ...archive })])
  })
  await orTell(d, subject, old, () =>
    editLineage(d, old, (l) => ({
      ...l,
      recipe: { ...l.recipe, ...(policy ? { policy } : {}) },
      closedAt: l.closedAt ?? closedAt,
    })),
  )
  const { repository } = keptIn(await lineageById(d, next))
  const where = repository === undefined ? 'in this home' : `in the repository “${repository}”`
  await d.event({
    severity: 'info',
    kind: 'lineage-renewed',
    subject,
    message: `“${service}” has a new backup history, ${next}, ${where}; moments before it are in ${old}: \`howdah restore ${service} --lineage ${old} --to MOMENT\``,
  })
}

/** What cannot be written in the old history's own place is known here all the same. */
async function orTell(
  d: Dependencies,
  subject: string,
  lineage: string,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const message = `the backup history ${lineage} is closed, and its own place could not be told: ${error.message}`
    await d.event({ severity: 'warning', kind: 'lineage-unwritten', subject, message })
  }
}

/** Runs what comes before the new history counts; when it fails, the old one goes on alone. */
async function orUndo(
  { step, signal }: Context,
  d: Dependencies,
  renewal: Renewal,
  both: Both,
  body: () => Promise<void>,
): Promise<void> {
  try {
    await body()
  } catch (error) {
    if (signal.aborted) throw error
    await step(`${renewal.service}: go on with the old history`, (s) => undo(d, renewal, both, s), {
      evenIfCancelled: true,
    }).catch((failure: unknown) => {
      // Kept in the operation's steps; what a person needs first is why the change failed.
      if (signal.aborted) throw failure
    })
    throw error
  }
}

async function undo(
  d: Dependencies,
  { project, service }: Renewal,
  { old, next }: Both,
  s: StepContext,
): Promise<void> {
  const { engine } = await instanceOf(d, project, service)
  const settings = await archivingInto(d, await lineageById(d, old), engine)
  const member = await editMember(d, project, service, (m) => archivingWith(m, old, settings))
  try {
    if (member.wanted === 'running') await untilReady(d, member, s.signal)
  } finally {
    // However the server is: a history that nobody writes must not stay open.
    await forget(d, next)
  }
}

async function forget(d: Dependencies, next: string): Promise<void> {
  const { lineages } = d.documents
  const begun = await lineages.get(next)
  if (!begun) return
  try {
    await removeLineage(d, begun.value)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Its place is away: what is there goes with its time, as of every closed one.
    const closedAt = new Date().toISOString()
    await d.store.write([lineages.put([next], { ...begun.value, closedAt }, begun.revision)])
  }
}
