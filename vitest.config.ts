import { defineConfig } from 'vitest/config'

/** `unit` starts no process and runs on every save; `e2e` starts real daemons and real servers. */
export default defineConfig({
  test: {
    // Tests mostly wait for other programs, so three files at once do well on two cores.
    maxWorkers: 3,
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'test/*.test.ts'] } },
      {
        test: {
          name: 'e2e',
          include: ['test/{e2e,faults,golden}/**/*.test.ts'],
          globalSetup: ['test/support/lab/run-folder.ts'],
          // Time is never asserted: this only gives a hang a name, on machines ten times slower than a laptop.
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
})
