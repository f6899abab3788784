import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearLeavings, makeStaging, moveIntoPlace, parseLeaving } from './staging.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'howdah-test-staging-'))
})
afterEach(() => rmSync(parent, { recursive: true }))

async function staged(text: string): Promise<string> {
  const directory = await makeStaging(parent, 'npm-16.4')
  writeFileSync(join(directory, 'content'), text)
  return directory
}

const content = () => readFileSync(join(parent, 'npm-16.4', 'content'), 'utf8')

/** A name as a process that has ended would have given: the id of one that we saw end, with some start. */
function nameOfDead(role: string): string {
  const { pid } = spawnSync('true')
  return `${role}-npm-16.4-${pid}-0123456789ab-01234567`
}

test('a finished folder gets its name, and the staging is gone', async () => {
  const place = { place: 'npm-16.4', replace: false }
  expect(await moveIntoPlace(parent, await staged('ours'), place)).toBe(true)
  expect(readdirSync(parent)).toEqual(['npm-16.4'])
  expect(content()).toBe('ours')
})

test('who comes second leaves the first in place', async () => {
  const [first, second] = [await staged('first'), await staged('second')]
  const place = { place: 'npm-16.4', replace: false }
  expect(await moveIntoPlace(parent, first, place)).toBe(true)
  expect(await moveIntoPlace(parent, second, place)).toBe(false)
  expect(content()).toBe('first')
})

test('a replacement takes the place, whether or not something has it, and leaves nothing beside', async () => {
  const place = { place: 'npm-16.4', replace: true }
  expect(await moveIntoPlace(parent, await staged('old'), place)).toBe(true)
  expect(await moveIntoPlace(parent, await staged('new'), place)).toBe(true)
  expect(content()).toBe('new')
  expect(readdirSync(parent)).toEqual(['npm-16.4'])
})

test('a replacement that vanished puts the old one back', async () => {
  const place = { place: 'npm-16.4', replace: true }
  await moveIntoPlace(parent, await staged('old'), place)
  expect(await moveIntoPlace(parent, join(parent, 'vanished'), place)).toBe(false)
  expect(content()).toBe('old')
  expect(readdirSync(parent)).toEqual(['npm-16.4'])
})

test('what the dead left is removed, what the living make and what is finished stays', async () => {
  const mine = await staged('in the making')
  const dead = nameOfDead('staging')
  mkdirSync(join(parent, dead, 'half'), { recursive: true })
  mkdirSync(join(parent, 'npm-15.1'))
  expect(await clearLeavings(parent)).toEqual([])
  expect(readdirSync(parent).map((name) => join(parent, name))).toEqual([
    join(parent, 'npm-15.1'),
    mine,
  ])
})

test('an id that is in use again by another process does not protect a leaving', async () => {
  mkdirSync(join(parent, `staging-npm-16.4-${process.pid}-0123456789ab-01234567`))
  await clearLeavings(parent)
  expect(readdirSync(parent)).toEqual([])
})

test('what was set aside by a process that died before its replacement came is put back', async () => {
  const aside = join(parent, nameOfDead('replaced'))
  mkdirSync(aside)
  writeFileSync(join(aside, 'content'), 'old')
  await clearLeavings(parent)
  expect(readdirSync(parent)).toEqual(['npm-16.4'])
  expect(content()).toBe('old')
})

test('what was set aside is removed when its replacement did come', async () => {
  await moveIntoPlace(parent, await staged('new'), { place: 'npm-16.4', replace: false })
  mkdirSync(join(parent, nameOfDead('replaced'), 'bin'), { recursive: true })
  await clearLeavings(parent)
  expect(readdirSync(parent)).toEqual(['npm-16.4'])
  expect(content()).toBe('new')
})

test('names that are not ours are no leavings', () => {
  for (const name of ['npm-16.4', 'staging', 'staging-npm-16.4', 'offers.json', 'replaced-x-1-2']) {
    expect(parseLeaving(name)).toEqual([])
  }
})
