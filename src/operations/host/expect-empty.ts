import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

const NAMED = 5

/** HOST_NOT_EMPTY with what this home has of its own: a cluster’s key and state take the place of a machine’s own when it joins. */
export async function expectEmpty({ documents: docs }: Dependencies): Promise<void> {
  const { projects, instances, lineages, snapshots, config, repositories, tokens } = docs
  const found = [
    ['instances', (await instances.list()).map(({ value: v }) => `${v.project}/${v.service}`)],
    ['projects', (await projects.list()).map(({ value }) => value.name)],
    ['backup histories', (await lineages.list()).map(({ value }) => value.id)],
    ['snapshots', (await snapshots.list()).map(({ value }) => value.name)],
    ['config', (await config.list()).map(({ key }) => key.slice(`${config.prefix}/`.length))],
    ['repositories', (await repositories.list()).map(({ value }) => value.name)],
    ['tokens', (await tokens.list()).map(({ value }) => value.name)],
  ] as const
  const has = found.filter(([, names]) => names.length > 0)
  if (has.length === 0) return
  const words = has.map(([what, names]) => `${what} (${someOf(names)})`)
  throw new AppError('HOST_NOT_EMPTY', `this machine has ${words.join(', ')} of its own`, {
    details: Object.fromEntries(has),
  })
}

const someOf = (names: readonly string[]): string =>
  names.length <= NAMED
    ? names.join(', ')
    : `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more`
