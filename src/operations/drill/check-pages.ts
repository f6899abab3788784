import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { DrillCheck } from '../../contract/drill.ts'
import { judgePages } from '../../core/drill/judge-pages.ts'
import type { Dependencies } from '../dependencies.ts'
import type { StepContext } from '../procedure.ts'
import { stopScratch } from './scratch.ts'

/** Whether every page of what was restored fits its checksum, as the server left them when it was shut down. */
export async function checkPages(
  d: Dependencies,
  lineage: LineageDocument,
  s: StepContext,
): Promise<DrillCheck> {
  return judgePages(await d.driver.checkPages(await stopScratch(d, lineage, s.signal), s))
}
