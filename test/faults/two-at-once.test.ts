import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leftoversIn } from '../../scripts/leftovers.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf } from '../support/lab/compose-folder.ts'
import { project } from '../support/lab/desired.ts'
import { faultsOf } from '../support/lab/soundness.ts'
import { until } from '../support/lab/until.ts'

/** A start script that waits for a file, so that an `up` lasts until the test lets it end. */
function waitingScript(lab: Lab) {
  const go = join(lab.root, 'go')
  return {
    text: `until [ -e '${go}' ]; do sleep 0.05; done\n`,
    letGo: () => writeFile(go, ''),
  }
}

test('of two `up` at once one runs and the other is told which operation it is', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const script = waitingScript(lab)
  const path = join(lab.root, '1.sh')
  await writeFile(path, script.text)
  const desired = project('shop', { initFiles: [{ name: '1.sh', path }] })
  const both = await Promise.allSettled([lab.api.upProject(desired), lab.api.upProject(desired)])
  const began = both.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
  const refused = both.flatMap((r) => (r.status === 'rejected' ? [AppError.from(r.reason)] : []))
  expect(began).toHaveLength(1)
  expect(refused.map(({ code, details }) => [code, details?.['operation']])).toEqual([
    ['OPERATION_CONFLICT', began[0]?.id],
  ])
  await script.letGo()
  expect((await lab.finished(began[0] ?? { id: '' })).state).toBe('done')
  const again = await lab.finished(await lab.api.upProject(desired))
  expect([again.state, again.error]).toEqual(['done', undefined])
  expect(await lab.api.listInstances({})).toHaveLength(1)
  expect(await faultsOf(lab)).toEqual([])
})

test('a second `howdah up` says what it waits for and then finds nothing left to do', async () => {
  await using lab = await openLab()
  const script = waitingScript(lab)
  const folder = await composeFolder(lab, 'shop', {
    'compose.yaml': composeText(['volumes:', '  - ./init:/docker-entrypoint-initdb.d']),
    'init/1.sh': script.text,
  })
  const first = lab.howdah(['up', '--yes'], { cwd: folder })
  const running = await until('the first up', async () => {
    const operations = await lab.api.listOperations({ limit: 1 }).catch(() => [])
    return operations.find((o) => o.state === 'running')
  })
  let note = ''
  const second = lab.howdah(['up', '--yes'], { cwd: folder, onNote: (text) => (note = text) })
  await until('a word on what it waits for', () =>
    note.includes(`Waiting for up of shop (${running.id})`),
  )
  await script.letGo()
  for (const { status, stderr } of await Promise.all([first, second])) {
    expect(status, stderr).toBe(0)
  }
  const created = (await lab.api.listOperations({ limit: 50 })).flatMap((o) =>
    o.steps.filter((step) => step.name.endsWith(': place')),
  )
  expect(created).toHaveLength(1)
  expect(await faultsOf(lab)).toEqual([])
})

test('a second daemon on a home is refused, and the first serves on', async () => {
  await using lab = await openLab()
  const daemon = await lab.startDaemon()
  const refused = errorOf(await lab.howdah(['--json', 'daemon', 'run']))
  expect(refused).toMatchObject({
    code: 'DAEMON_ALREADY_RUNNING',
    details: { pid: daemon.pid },
  })
  expect((await lab.api.getDaemon({})).pid).toBe(daemon.pid)
})

test('five commands at once without a daemon start one daemon', async () => {
  await using lab = await openLab()
  const commands = Array.from({ length: 5 }, () => lab.howdah(['--json', 'ps', '--all']))
  for (const { status, stdout, stderr } of await Promise.all(commands)) {
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout)).toEqual([])
  }
  // Those who came too late have ended, or are about to.
  const daemons = await until('one daemon', async () => {
    const found = await leftoversIn(lab.root, 0)
    return found.length === 1 && found
  })
  expect(daemons[0]?.pid).toBe((await lab.api.getDaemon({})).pid)
})
