import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { Listening, ListeningWanted } from '../listening.ts'

export const listeningApi = {
  getListening: endpoint({
    method: 'GET',
    path: '/v1/listening',
    summary: 'Where the API is served over HTTPS; nothing when it is served on the socket alone',
    needs: 'admin',
    within: 'all',
    input: z.object({}),
    reply: z.object({ listening: Listening.optional() }),
  }),
  listen: endpoint({
    method: 'PUT',
    path: '/v1/listening',
    summary: 'Serve the API over HTTPS on an address of this machine, now and after every start',
    needs: 'admin',
    within: 'all',
    input: ListeningWanted,
    reply: Listening,
  }),
  stopListening: endpoint({
    method: 'DELETE',
    path: '/v1/listening',
    summary: 'Serve the API on the socket alone',
    needs: 'admin',
    within: 'all',
    input: z.object({}),
    reply: z.object({ stopped: z.boolean() }),
  }),
}
