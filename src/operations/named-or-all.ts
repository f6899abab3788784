import { AppError } from '../errors/app-error.ts'
import type { Dependencies } from './dependencies.ts'

/** The services that were named, or all of the project. */
export async function namedOrAll(
  d: Dependencies,
  { project, services }: { project: string; services: string[] },
): Promise<string[]> {
  const found = (await d.documents.instances.list(project)).map((i) => i.value.service)
  if (found.length === 0) {
    throw new AppError('PROJECT_NOT_FOUND', `the project “${project}” has no instances`)
  }
  const unknown = services.filter((name) => !found.includes(name))
  if (unknown.length > 0) {
    const message = `the project “${project}” has no instance “${unknown.join('”, “')}”; it has ${found.join(', ')}`
    throw new AppError('INSTANCE_NOT_FOUND', message)
  }
  return services.length > 0 ? [...new Set(services)] : found
}
