import type { LineageStatus } from '../../contract/lineage-status.ts'

/** What a person calls a lineage: the instance that writes it, or wrote it last. */
export const lineageName = ({ project, service, writtenBy }: LineageStatus): string =>
  `${project}/${writtenBy ?? service}`
