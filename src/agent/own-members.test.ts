import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { instance, member } from '../core/plan/documents.suite.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { createAuthority } from '../system/certificate-authority.ts'
import { forEachInstance } from './each-instance.ts'
import type { AgentEnvironment } from './environment.ts'
import { runMembers } from './members.ts'

const nobody = (): never => {
  throw new Error('no archive is asked here')
}

/** A host's agent on a store that others use too, for members that are to be at rest. */
async function openHost(host: string) {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-agent-'))
  const store = openSqliteStore(':memory:')
  const docs = documents(store)
  const env: AgentEnvironment = {
    host,
    store,
    documents: docs,
    backups: { of: nobody, choose: nobody },
    account: undefined,
    authority: await createAuthority({ name: 'test' }),
    event: () => {},
    log: () => {},
  }
  const stop = new AbortController()
  const running: Promise<void>[] = []
  onTestFinished(async () => {
    stop.abort()
    await Promise.all(running)
    await store.close()
    await rm(folder, { recursive: true })
  })
  return {
    env,
    docs,
    run: (part: (signal: AbortSignal) => Promise<void>) => running.push(part(stop.signal)),
    put: async (service: string, of?: string): Promise<void> => {
      const directory = join(folder, service)
      const places = { directory, socketDirectory: join(directory, 'socket') }
      const doc = { ...member(places), service, wanted: 'stopped' as const }
      await store.write([
        docs.members.put(['shop', service, '0'], { ...doc, ...(of ? { host: of } : {}) }),
      ])
    },
    state: async (service: string) => (await docs.observed.get('shop', service, '0'))?.value.state,
  }
}

test('an agent says nothing of another host’s member or of nobody’s, and looks after it once it is its own', async () => {
  const { env, docs, run, put, state } = await openHost('a')
  await put('theirs', 'b')
  await put('nobodys')
  await put('ours', 'a')
  run((signal) => runMembers(env, signal))
  await expect.poll(() => state('ours')).toBe('stopped')
  // One that is written later is seen after the other: nothing of that one was under way.
  await put('later', 'a')
  await expect.poll(() => state('later')).toBe('stopped')
  expect([await state('theirs'), await state('nobodys')]).toEqual([undefined, undefined])
  await put('theirs', 'a')
  await expect.poll(() => state('theirs')).toBe('stopped')
  // And no more of what is given away, not even that it is forgotten.
  await put('ours', 'b')
  await put('last', 'a')
  await expect.poll(() => state('last')).toBe('stopped')
  const { revision } = (await docs.observed.get('shop', 'ours', '0'))!
  await put('ours', 'b')
  await put('very-last', 'a')
  await expect.poll(() => state('very-last')).toBe('stopped')
  expect((await docs.observed.get('shop', 'ours', '0'))?.revision).toBe(revision)
})

test('an instance’s loops end when it becomes another host’s, and begin where it is', async () => {
  const { env, docs, run } = await openHost('a')
  const begun: string[] = []
  const ended: string[] = []
  const write = (service: string, host: string) =>
    env.store.write([docs.instances.put(['shop', service], { ...instance, service, host })])
  await write('theirs', 'b')
  await write('ours', 'a')
  run((signal) =>
    forEachInstance(
      env,
      ({ service }) => ({
        about: service,
        begin: () => ({
          async run(until) {
            begun.push(service)
            await new Promise((resolve) => until.addEventListener('abort', resolve))
            ended.push(service)
          },
        }),
      }),
      signal,
    ),
  )
  await expect.poll(() => begun).toEqual(['ours'])
  await write('ours', 'b')
  await write('theirs', 'a')
  await expect.poll(() => begun).toEqual(['ours', 'theirs'])
  expect(ended).toEqual(['ours'])
})
