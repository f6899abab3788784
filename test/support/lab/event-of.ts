import type { Event } from '../../../src/contract/operation.ts'
import type { Lab } from '../lab-home.ts'
import { until } from './until.ts'

/** The first event of a kind that a daemon tells, when it does. */
export const eventOf = (lab: Lab, kind: string): Promise<Event> =>
  until(`an event ${kind}`, async () =>
    (await lab.api.listEvents({ limit: 1000 })).find((event) => event.kind === kind),
  )
