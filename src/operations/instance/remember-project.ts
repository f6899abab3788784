import type { Mode } from '../../contract/instance.ts'
import type { Dependencies } from '../dependencies.ts'

/** A project that was forgotten comes back with an instance of it; one that is there stays as it is. */
export async function rememberProject(
  d: Dependencies,
  { project, directory, mode }: { project: string; directory: string; mode: Mode },
): Promise<void> {
  const { projects } = d.documents
  if (await projects.get(project)) return
  const createdAt = new Date().toISOString()
  await d.store.write([
    projects.put([project], {
      format: 1,
      name: project,
      mode,
      directory,
      createdAt,
      ...(d.host === undefined ? {} : { host: d.host }),
    }),
  ])
}
