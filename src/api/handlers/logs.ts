import type { logStreams } from '../../contract/api/logs.ts'
import type { StreamHandlers } from '../../contract/endpoint.ts'
import { memberOf } from '../../operations/members.ts'
import type { Services } from '../services.ts'

export function logStreamHandlers(s: Services): StreamHandlers<typeof logStreams> {
  return {
    async *watchLogs({ project, service, follow, since, tail }, signal) {
      const { directory } = await memberOf(s, project, service)
      const file = `${directory}/log/postgresql.log`
      for await (const line of s.readLog(file, { follow, since, tail, signal })) {
        yield { service, ...line }
      }
    },
  }
}
