import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LineageDocument } from '../../../src/contract/documents/lineage.ts'
import { InstanceDocument } from '../../../src/contract/documents/instance.ts'
import { MemberDocument } from '../../../src/contract/documents/member.ts'
import { SUPERUSER } from '../../../src/core/config/hba.ts'
import { openSession } from '../../../src/drivers/local/session.ts'
import type { Lab } from '../lab-home.ts'
import { storedIn } from './stored.ts'
import { until } from './until.ts'

interface Named {
  readonly project: string
  readonly service: string
}

/** The lineage that an instance writes now, as the daemon remembers it. */
export function lineageOf(lab: Lab, { project, service }: Named): LineageDocument {
  const stored = storedIn(lab)
  const { lineage } = InstanceDocument.parse(stored.get(`instances/${project}/${service}`))
  return LineageDocument.parse(stored.get(`lineages/${lineage}`))
}

/** The rows of a statement of our superuser’s, over the server’s socket. */
export async function asAdmin<T extends object>(
  lab: Lab,
  { project, service }: Named,
  sql: string,
): Promise<T[]> {
  const stored = storedIn(lab)
  const member = MemberDocument.parse(stored.get(`members/${project}/${service}/0`))
  const session = await openSession(member, { database: 'postgres', role: SUPERUSER })
  try {
    return await session.query<T>(sql)
  } finally {
    await session.close()
  }
}

/** Ends the WAL file that a server writes; gives its name when the archive (of the copy engine) has it. */
export async function archiveSegment(lab: Lab, named: Named): Promise<string> {
  const [row] = await asAdmin<{ name: string }>(
    lab,
    named,
    'select pg_walfile_name(pg_switch_wal()) as name',
  )
  const { name = '' } = row ?? {}
  const folder = join(lineageOf(lab, named).directory, 'wal', name.slice(0, 8))
  return until(`${name} in the archive`, () => archived(folder).includes(name) && name)
}

/** The WAL files in one timeline’s folder of an archive, in their order. */
export function archived(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[0-9A-F]{24}\.zst$/.test(name))
      .map((name) => name.slice(0, 24))
      .toSorted()
  } catch {
    return [] // nothing has come yet
  }
}
