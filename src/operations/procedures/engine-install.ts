import { z } from 'zod'
import { howdahProcedure } from '../dependencies.ts'

export const engineInstall = howdahProcedure({
  kind: 'engine-install',
  input: z.object({ major: z.int(), minor: z.int().optional(), force: z.boolean() }),
  title: ({ major, minor }) =>
    `install of Postgres ${[major, minor].filter((n) => n !== undefined).join('.')}`,
  subjects: ({ major }) => [`engines/${major}`],
  async run({ major, minor, force }, { step }, d) {
    const wanted = { major, ...(minor === undefined ? {} : { minor }) }
    return step('fetch and verify', (s) => d.driver.installEngine(wanted, force, s))
  },
})
