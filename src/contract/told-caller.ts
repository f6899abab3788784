import { z } from 'zod'
import { Role } from './access.ts'
import { ProjectName } from './names.ts'

/** What one host of a cluster tells another of a caller, whose call it sends on; nothing else that a caller is holds there. */
export const ToldCaller = z.strictObject({
  name: z.string(),
  role: Role,
  projects: z.array(ProjectName).optional(),
  /** `socket`, or the address that it came from. */
  from: z.string(),
})
