import type { listeningApi } from '../../contract/api/listening.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import type { Services } from '../services.ts'

export function listeningHandlers(s: Services): Handlers<typeof listeningApi> {
  return {
    async getListening() {
      const listening = s.remote.listening()
      return listening ? { listening } : {}
    },
    listen: (wanted) => s.remote.listen(wanted),
    stopListening: async () => ({ stopped: await s.remote.stop() }),
  }
}
