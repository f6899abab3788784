import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ConfigName, Instant, ProjectName } from '../names.ts'

/** A config's name and age; never its value. */
export const ConfigEntry = z
  .object({ name: ConfigName, updatedAt: Instant })
  .meta({ id: 'ConfigEntry' })
export type ConfigEntry = z.output<typeof ConfigEntry>

export const configApi = {
  listConfig: endpoint({
    method: 'GET',
    path: '/v1/config/{project}',
    summary: 'The names that are set',
    needs: 'viewer',
    within: 'project',
    input: z.object({ project: ProjectName }),
    reply: z.array(ConfigEntry),
  }),
  setConfig: endpoint({
    method: 'PUT',
    path: '/v1/config/{project}',
    summary: 'Set values, all or none',
    needs: 'developer',
    within: 'project',
    input: z.object({
      project: ProjectName,
      values: z.record(ConfigName, z.string()),
      /** Leave a name that is set already as it is. */
      ifNotSet: z.boolean(),
    }),
    reply: z.object({ set: z.array(ConfigName), skipped: z.array(ConfigName) }),
  }),
  removeConfig: endpoint({
    method: 'POST',
    path: '/v1/config/{project}/remove',
    summary: 'Forget values',
    needs: 'developer',
    within: 'project',
    input: z.object({ project: ProjectName, names: z.array(ConfigName) }),
    reply: z.object({ removed: z.array(ConfigName), notFound: z.array(ConfigName) }),
  }),
  revealConfig: endpoint({
    method: 'POST',
    path: '/v1/config/{project}/reveal',
    summary: 'Values in clear; names that are not set are left out',
    needs: 'developer',
    within: 'project',
    input: z.object({ project: ProjectName, names: z.array(ConfigName) }),
    reply: z.object({ values: z.record(ConfigName, z.string()) }),
  }),
}
