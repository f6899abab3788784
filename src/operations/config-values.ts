import type { Dependencies } from './dependencies.ts'

/** The name that a config value is sealed for. */
export const configKey = (project: string, name: string): string => `config/${project}/${name}`

/** The values of those names that are set. */
export async function revealConfig(
  d: Pick<Dependencies, 'documents' | 'secrets'>,
  project: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  for (const name of names) {
    const found = await d.documents.config.get(project, name)
    if (found) values.set(name, d.secrets.open(configKey(project, name), found.value.sealed))
  }
  return values
}
