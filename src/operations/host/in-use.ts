import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

/** What is on a host: `project/service` of its servers, and what only it has. */
export async function thingsOn({ documents }: Dependencies, host: string) {
  const { members, lineages, snapshots, operations } = documents
  const of = <T extends { readonly host?: string | undefined }>(all: { value: T }[]): T[] =>
    all.map(({ value }) => value).filter((value) => value.host === host)
  const servers = of(await members.list()).map((m) => `${m.project}/${m.service}`)
  return {
    servers: [...new Set(servers)],
    lineages: of(await lineages.list()).map(({ id }) => id),
    snapshots: of(await snapshots.list()).map(({ name }) => name),
    operations: of(await operations.list()).filter((o) => o.finishedAt === undefined),
  }
}

/** HOST_IN_USE with what is there. The operation `own` does not count. */
export async function refuseInUse(d: Dependencies, host: string, own: string): Promise<void> {
  const { servers, lineages, snapshots, operations } = await thingsOn(d, host)
  const others = operations.filter(({ id }) => id !== own).map(({ title }) => title)
  const found = [
    ['servers of', servers],
    ['the backup histories', lineages],
    ['the snapshots', snapshots],
    ['work that goes on:', others],
  ] as const
  const has = found.filter(([, names]) => names.length > 0)
  if (has.length === 0) return
  const words = has.map(([what, names]) => `${what} ${names.join(', ')}`)
  throw new AppError('HOST_IN_USE', `the host “${host}” has ${words.join('; ')}`, {
    details: { servers, lineages, snapshots },
  })
}
