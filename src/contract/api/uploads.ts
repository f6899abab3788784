import { z } from 'zod'
import { endpoint } from '../endpoint.ts'

export const uploadApi = {
  uploadFile: endpoint({
    method: 'POST',
    path: '/v1/uploads',
    summary:
      'Put a start script where the daemon can read it, for an `up` from elsewhere; it goes after a day',
    needs: 'developer',
    within: 'anything',
    input: z.object({
      name: z.string().regex(/^[^/\0]{1,255}$/),
      content: z.base64(),
    }),
    reply: z.object({ path: z.string() }),
  }),
}
