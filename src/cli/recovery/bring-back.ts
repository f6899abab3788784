import type { LineageStatus } from '../../contract/lineage-status.ts'

/** The command that brings a history's newest moment back; undefined for one that has no backup to begin with. */
export function bringBack(lineage: LineageStatus): string | undefined {
  const { id, project, service, state, writtenBy, backups } = lineage
  if (backups === 0) return undefined
  return state === 'open'
    ? `howdah -p ${project} restore ${writtenBy ?? service} --to latest --as NEW`
    : `howdah -p ${project} undelete ${service} --lineage ${id}`
}

/** `1 backup`, `2 backups`. */
export const backupsText = ({ backups }: Pick<LineageStatus, 'backups'>): string =>
  backups === 1 ? '1 backup' : `${backups} backups`
