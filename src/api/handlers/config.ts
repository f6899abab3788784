import type { configApi } from '../../contract/api/config.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { configKey, revealConfig } from '../../operations/config-values.ts'
import { expectNoKeys, keysKeptFrom } from '../access/repository-keys.ts'
import type { Services } from '../services.ts'

export function configHandlers(s: Services): Handlers<typeof configApi> {
  const { config } = s.documents
  return {
    async listConfig({ project }) {
      const entries = await config.list(project)
      return entries.map(({ key, value }) => ({
        name: key.slice(config.key(project).length + 1),
        updatedAt: value.updatedAt,
      }))
    },
    async setConfig({ project, values, ifNotSet }, caller) {
      const names = Object.keys(values)
      await expectNoKeys(s.documents, caller, project, names)
      const present = await Promise.all(names.map((name) => config.get(project, name)))
      const skipped = ifNotSet ? names.filter((_, i) => present[i] !== undefined) : []
      const set = names.filter((name) => !skipped.includes(name))
      const updatedAt = new Date().toISOString()
      await s.store.write(
        set.map((name) => {
          const sealed = s.secrets.seal(configKey(project, name), values[name] ?? '')
          return config.put([project, name], { format: 1, sealed, updatedAt })
        }),
      )
      return { set, skipped }
    },
    async removeConfig({ project, names }, caller) {
      await expectNoKeys(s.documents, caller, project, names)
      const present = await Promise.all(names.map((name) => config.get(project, name)))
      const removed = names.filter((_, i) => present[i] !== undefined)
      await s.store.write(removed.map((name) => config.remove([project, name])))
      return { removed, notFound: names.filter((name) => !removed.includes(name)) }
    },
    async revealConfig({ project, names }, caller) {
      const kept = await keysKeptFrom(s.documents, caller, project)
      const free = names.filter((name) => !kept.has(name))
      return { values: Object.fromEntries(await revealConfig(s, project, free)) }
    },
  }
}
