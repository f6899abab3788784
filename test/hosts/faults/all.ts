import { dcsFaults } from './dcs-faults.ts'
import type { Fault } from './fault.ts'
import { hostFaults } from './host-faults.ts'
import { networkFaults } from './network-faults.ts'
import { poolerFaults } from './pooler-faults.ts'
import { serverFaults } from './server-faults.ts'

/** Every fault that can be tried, by its number in the fault matrix. */
export const faults: Readonly<Record<string, Fault>> = {
  ...serverFaults,
  ...hostFaults,
  ...networkFaults,
  ...dcsFaults,
  ...poolerFaults,
}
