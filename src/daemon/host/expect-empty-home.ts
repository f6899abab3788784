import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'

/** Throws HOST_NOT_EMPTY when the home has anything that another’s key and state would make useless. */
export async function expectEmptyHome(documents: Documents): Promise<void> {
  const { projects, instances, config, lineages, snapshots, repositories, tokens } = documents
  const found = await Promise.all(
    Object.entries({ projects, instances, config, lineages, snapshots, repositories, tokens }).map(
      async ([name, collection]) => {
        const keys = (await collection.list()).map(({ key }) => key)
        return keys.length === 0 ? [] : [`${name} (${keys.map(withoutPrefix).join(', ')})`]
      },
    ),
  )
  const begun = (await documents.operations.list())
    .map(({ value }) => value)
    .filter(({ kind, finishedAt }) => finishedAt === undefined && !kind.startsWith('host-'))
  const named = [...found.flat(), ...begun.map(({ title }) => `“${title}”`)]
  if (named.length === 0) return
  throw new AppError('HOST_NOT_EMPTY', `this machine has ${named.join(' and ')} of its own`)
}

const withoutPrefix = (key: string): string => key.slice(key.indexOf('/') + 1)
