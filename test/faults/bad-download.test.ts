import { chmod, readdir, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { listProcesses } from '../../src/system/process-table.ts'
import { createFakeNpm, type NpmScenario } from '../support/fake-npm.ts'
import { type CommandResult, openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf } from '../support/lab/compose-folder.ts'
import { NEWER } from '../support/lab/engines.ts'
import { killHard } from '../support/lab/machine.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

const versions = [`${NEWER.major}.${NEWER.minor}.0`]
/** Longer than any test: only a kill ends it. */
const FOR_EVER_MS = 3_600_000

/** A lab without any engine whose daemon, once started by `up`, finds a fake npm before the real one. */
async function labWithFakeNpm(scenario: NpmScenario) {
  const lab = await openLab({ engines: 'none' })
  const npm = createFakeNpm(join(lab.root, 'npm'))
  await chmod(npm.directory, 0o755)
  npm.answer(scenario)
  const folder = await composeFolder(lab, 'shop', { 'compose.yaml': composeText() })
  const env = { PATH: [npm.directory, process.env['PATH']].join(delimiter) }
  const upWithFake = (...flags: string[]) =>
    lab.howdah(['--json', 'up', '--yes', ...flags], { cwd: folder, env })
  const up = () => lab.howdah(['--json', 'up', '--yes'], { cwd: folder })
  const enginesDirectory = join(lab.home, 'engines')
  const engineFolders = async () =>
    (await readdir(enginesDirectory)).filter((name) => !name.endsWith('.json'))
  /** The list of the day names versions that only the fake has. */
  const forgetOffers = async () => {
    for (const name of await readdir(enginesDirectory)) {
      if (name.endsWith('.json')) await rm(join(enginesDirectory, name))
    }
  }
  const npmThatFetches = (): number | undefined => {
    const isIt = (args: readonly string[]): boolean =>
      args.includes('pack') && args.some((arg) => arg.startsWith(npm.directory))
    return listProcesses().find(({ args }) => isIt(args))?.pid
  }
  const fetching = () => until('an npm that fetches', npmThatFetches)
  return { lab, up, upWithFake, engineFolders, forgetOffers, npmThatFetches, fetching }
}

test('a download that is cut off leaves no engine and no instance, and the real one works', async () => {
  const fake = await labWithFakeNpm({ versions, claimsMoreBytes: 1 })
  await using lab = fake.lab
  expect(errorOf(await fake.upWithFake()).code).toBe('ENGINE_DOWNLOAD_FAILED')
  expect(await fake.engineFolders()).toEqual([])
  expect(await lab.api.listInstances({})).toEqual([])
  expect(await faultsOf(lab)).toEqual([])
  // The daemon that was started with the fake is the one that fetches, so a new one is needed.
  expect(await lab.howdah(['daemon', 'stop'])).toMatchObject({ status: 0 })
  await fake.forgetOffers()
  expect(await fake.up()).toMatchObject({ status: 0 })
  expect(await faultsOf(lab)).toEqual([])
})

test('an npm that is killed in the middle is told, and nothing of it is left', async () => {
  const fake = await labWithFakeNpm({ versions, packDelayMs: FOR_EVER_MS })
  await using lab = fake.lab
  const command = fake.upWithFake()
  let result: CommandResult | undefined
  const ended = command.then((r) => (result = r))
  // A fetch that failed is tried again a few times; each is killed.
  await until('the end of the command', () => {
    const npm = fake.npmThatFetches()
    if (npm !== undefined) killHard(npm)
    return result
  })
  expect(errorOf(await ended).code).toBe('ENGINE_DOWNLOAD_FAILED')
  expect(await fake.engineFolders()).toEqual([])
  expect(await lab.api.listInstances({})).toEqual([])
  expect(await faultsOf(lab)).toEqual([])
})

test('a daemon killed with -9 while it fetches an engine has the `up` finished by the next', async () => {
  const fake = await labWithFakeNpm({ versions, packDelayMs: FOR_EVER_MS })
  await using lab = fake.lab
  expect(await fake.upWithFake('--detach')).toMatchObject({ status: 0 })
  const npm = await fake.fetching()
  killHard((await lab.api.getDaemon({})).pid)
  killHard(npm)
  await fake.forgetOffers()
  await lab.startDaemon()
  const [operation] = await lab.api.listOperations({ limit: 1 })
  expect((await lab.finished(operation ?? { id: '' })).error).toBe(undefined)
  expect((await lab.api.listInstances({})).map((i) => i.state)).toEqual(['ready'])
  expect(await fake.engineFolders()).toEqual([`npm-${NEWER.major}.${NEWER.minor}`])
  expect(await faultsOf(lab)).toEqual([])
})
