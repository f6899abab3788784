import type { backupApi } from '../../contract/api/backups.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { backupById, backupsOf } from '../../operations/lineage/backups-of.ts'
import { lineageById, lineageOf } from '../../operations/lineage/lineage-of.ts'
import { backupCreate, backupRemove, backupVerify } from '../../operations/procedures/backup.ts'
import { ofLineage } from '../../operations/lineage/title-of.ts'
import { refuseRead } from '../../operations/lineage/refuse-read.ts'
import type { Services } from '../services.ts'
import { historyView, lineagesOf } from '../views/lineage-view.ts'
import { operationView } from '../views/operation-view.ts'

export function backupHandlers(s: Services): Handlers<typeof backupApi> {
  return {
    async listBackups({ lineage, ...asked }) {
      const found = lineage ? [await lineageById(s, lineage)] : await lineagesOf(s, asked)
      return Promise.all(found.map((l) => historyView(s, l)))
    },
    async createBackup({ project, service, name }) {
      const lineage = await lineageOf(s, project, service)
      const backups = await backupsOf(s, lineage.id)
      if (name !== undefined && backups.some((b) => b.name === name)) {
        throw new AppError('BACKUP_EXISTS', `“${service}” has a backup “${name}” already`)
      }
      const input = {
        lineage: lineage.id,
        kind: 'full',
        ...ofLineage({ project, service }),
        ...(name ? { name } : {}),
      }
      return operationView(await enqueue(s, backupCreate, input))
    },
    async getBackup({ lineage, backup }) {
      const { id } = await lineageById(s, lineage)
      return backupById(s, id, backup)
    },
    async removeBackup({ lineage, backup }) {
      const found = await lineageById(s, lineage)
      const { id } = await backupById(s, found.id, backup)
      await refuseRead(s, lineage)
      const input = { lineage, backup: id, ...ofLineage(found) }
      return operationView(await enqueue(s, backupRemove, input))
    },
    async verifyBackups({ lineage, backup }) {
      const found = await lineageById(s, lineage)
      const one = backup === undefined ? undefined : await backupById(s, lineage, backup)
      const input = { lineage, ...ofLineage(found), ...(one ? { backup: one.id } : {}) }
      return operationView(await enqueue(s, backupVerify, input))
    },
  }
}
