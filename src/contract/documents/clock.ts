import { z } from 'zod'

/** What is remembered of this machine's clocks, so that a wrong one removes nothing: see core/policy/expiry-clock.ts. */
export const ClockDocument = z.object({
  format: z.literal(1),
  wallMs: z.number(),
  uptimeMs: z.number(),
  jumps: z.array(z.object({ byMs: z.number(), leftMs: z.number(), atMs: z.number() })),
})
export type ClockDocument = z.output<typeof ClockDocument>
