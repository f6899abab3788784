import { AppError } from '../errors/app-error.ts'
import type { Dependencies } from './dependencies.ts'

/**
 * The services that were named, or all of the project. Those that another took the place of are kept as they are unless they
 * are named; `withHeld` is for what concerns the whole project.
 */
export async function namedOrAll(
  d: Dependencies,
  { project, services }: { project: string; services: string[] },
  { withHeld = false } = {},
): Promise<string[]> {
  const instances = (await d.documents.instances.list(project)).map((i) => i.value)
  const found = instances.map((i) => i.service)
  if (found.length === 0) {
    throw new AppError('PROJECT_NOT_FOUND', `the project “${project}” has no instances`)
  }
  const unknown = services.filter((name) => !found.includes(name))
  if (unknown.length > 0) {
    const message = `the project “${project}” has no instance “${unknown.join('”, “')}”; it has ${found.join(', ')}`
    throw new AppError('INSTANCE_NOT_FOUND', message)
  }
  if (services.length > 0) return [...new Set(services)]
  return instances.filter((i) => withHeld || !i.heldSince).map((i) => i.service)
}
