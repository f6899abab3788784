import { type Caller, covers, type Role, type Within } from '../../contract/access.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'
import { projectsNamed, projectsOfOperation, projectsOfSubjects } from './projects-named.ts'

/** What a guard needs to know of an endpoint or a stream. */
export interface Guarded {
  readonly summary: string
  readonly needs: Role
  readonly within: Within | readonly Within[]
}

/** Decides what a caller may call, and what of a reply is for its eyes. */
export interface Guard {
  /** FORBIDDEN when the caller's role is too low, or the call reaches into a project that is not the caller's. */
  admit(call: Guarded, input: object, caller: Caller): Promise<void>
  /** The reply without what is of others' projects. */
  reply(call: Guarded, reply: unknown, caller: Caller): Promise<unknown>
  /** Whether the caller may see this item of a stream. */
  sees(call: Guarded, item: unknown, caller: Caller): Promise<boolean>
}

/** The last `limit` entries that are for the caller's eyes, in their order. */
export async function newest<E>(
  documents: Documents,
  caller: Caller,
  entries: readonly E[],
  limit: number,
): Promise<E[]> {
  if (!caller.projects) return entries.slice(-limit)
  const seen: E[] = []
  for (const entry of entries.toReversed()) {
    if (seen.length === limit) break
    if (await isOf(documents, caller.projects, Object(entry) as Entry)) seen.push(entry)
  }
  return seen.toReversed()
}

export function guard(documents: Documents): Guard {
  const sees = async (call: Guarded, item: unknown, caller: Caller): Promise<boolean> =>
    !caller.projects ||
    !looks(call).includes('entries') ||
    isOf(documents, caller.projects, Object(item) as Entry)
  return {
    async admit(call, input, caller) {
      const isJoining = looks(call).includes('joining')
      if (isJoining !== (caller.joins === true)) {
        throw forbidden(
          isJoining
            ? `this is for machines that ask to become a host, with a token of \`howdah host token\``
            : `“${caller.name}” is for asking to become a host, and for nothing else`,
        )
      }
      if (isJoining) return
      if (!covers(caller.role, call.needs)) {
        throw forbidden(`“${caller.name}” is ${caller.role}, and this needs the role ${call.needs}`)
      }
      if (!caller.projects) return
      for (const within of looks(call)) {
        if (within === 'all') {
          throw forbidden(`“${caller.name}” is for some projects, and this concerns all`)
        }
        const projects = await projectsNamed(documents, within, input)
        if (!projects) {
          throw forbidden(`“${caller.name}” is for some projects, and this is of none of them`)
        }
        const foreign = projects.find((project) => !caller.projects?.includes(project))
        if (foreign !== undefined) {
          throw forbidden(`“${caller.name}” may not use the project “${foreign}”`)
        }
      }
    },
    async reply(call, reply, caller) {
      if (!Array.isArray(reply)) return reply
      const seen = await Promise.all(reply.map((entry) => sees(call, entry, caller)))
      return reply.filter((_, index) => seen[index])
    },
    sees,
  }
}

const looks = (call: Guarded): readonly Within[] => [call.within].flat()

const forbidden = (why: string): AppError => new AppError('FORBIDDEN', why)

/** Whether an entry is of these projects alone; one that does not say is not. */
async function isOf(documents: Documents, own: readonly string[], entry: Entry): Promise<boolean> {
  const projects = await projectsOfEntry(documents, entry)
  return projects.length > 0 && projects.every((p) => own.includes(p))
}

/** What entries of lists and streams say of their project, one way or another. */
interface Entry {
  readonly id?: string
  readonly project?: string
  readonly lineage?: { readonly project?: string }
  readonly subjects?: readonly string[]
  readonly subject?: string
  readonly name?: string
}

/** The projects of an entry; none when it does not say, so that it is hidden. */
async function projectsOfEntry(documents: Documents, entry: Entry): Promise<string[]> {
  if (entry.project !== undefined) return [entry.project]
  if (entry.lineage?.project !== undefined) return [entry.lineage.project]
  const { id, subjects } = entry
  if (subjects) return projectsOfOperation(documents, { id, subjects })
  if (entry.subject !== undefined) return projectsOfSubjects(documents, [entry.subject])
  // What has nothing of these is a project itself.
  return entry.name === undefined ? [] : [entry.name]
}
