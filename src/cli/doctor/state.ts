import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, messageOf } from './finding.ts'

/** The state file: a daemon that answers has read it; without one SQLite itself looks whether it is whole. */
export const state: Check = async ({ home, daemon }) => {
  const name = 'state'
  const path = join(home, 'state.db')
  if (daemon) return [{ name, status: 'ok', message: `${path} is in use` }]
  if (!existsSync(path)) return [{ name, status: 'ok', message: 'nothing kept yet' }]
  const damage = await damageOf(path)
  if (damage === undefined) return [{ name, status: 'ok', message: `${path} is whole` }]
  const whatNow = `Put back a copy from ${join(home, 'state-backups')}; your databases are not touched.`
  return [{ name, status: 'fail', message: `${path} is damaged: ${damage}`, whatNow }]
}

/** SQLite's first complaint, or undefined. Only reads. */
async function damageOf(path: string): Promise<string | undefined> {
  const { DatabaseSync } = await import('node:sqlite')
  try {
    const db = new DatabaseSync(path, { readOnly: true })
    try {
      const rows = db.prepare('pragma quick_check').all() as { quick_check: string }[]
      return rows.map((row) => row.quick_check).find((text) => text !== 'ok')
    } finally {
      db.close()
    }
  } catch (error) {
    return messageOf(error)
  }
}
