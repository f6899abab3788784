import type { Lab } from '../lab-home.ts'
import { connectTo } from './ledger.ts'

/** The first column of what a statement gives, at the service's own address with its own password. */
export async function firstColumn(
  lab: Parameters<typeof connectTo>[0] & Pick<Lab, 'api'>,
  service: string,
  sql: string,
): Promise<unknown[]> {
  const client = await connectTo(lab, { project: 'shop', service })
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows.map((row) => row[0])
  } finally {
    await client.end()
  }
}
