import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLocalDriver } from './local-driver.ts'

async function newDriver() {
  const home = await mkdtemp(join(tmpdir(), 'howdah-driver-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const driver = createLocalDriver({ home, account: undefined, warn: () => {} })
  const { directory, inTheMaking } = driver.placeSnapshot('s1')
  const copy = async (text: string): Promise<void> => {
    await mkdir(inTheMaking, { recursive: true })
    await writeFile(join(inTheMaking, 'PG_VERSION'), text)
  }
  const kept = (): Promise<string> => readFile(join(directory, 'PG_VERSION'), 'utf8')
  const names = (): Promise<string[]> => readdir(join(home, 'snapshots'))
  return { driver, copy, kept, names }
}

test('keeping a snapshot moves the copy to its place, and once more changes nothing', async () => {
  const { driver, copy, kept, names } = await newDriver()
  await copy('16')
  await driver.keepSnapshot('s1')
  await driver.keepSnapshot('s1')
  expect(await kept()).toBe('16')
  expect(await names()).toEqual(['s1'])
})

test('a newer copy takes the place of a snapshot that was kept under the same name', async () => {
  const { driver, copy, kept, names } = await newDriver()
  await copy('old')
  await driver.keepSnapshot('s1')
  await copy('new')
  await driver.keepSnapshot('s1')
  expect(await kept()).toBe('new')
  expect(await names()).toEqual(['s1'])
})

test('without a copy there is nothing to keep', async () => {
  const { driver } = await newDriver()
  await expect(driver.keepSnapshot('s1')).rejects.toThrow()
})

test('removing a snapshot removes what is whole and what is in the making, and once more nothing', async () => {
  const { driver, copy, names } = await newDriver()
  await copy('16')
  await driver.keepSnapshot('s1')
  await copy('16')
  await driver.removeSnapshot('s1')
  await driver.removeSnapshot('s1')
  expect(await names()).toEqual([])
})

test('members and snapshots have places of their own below the home', async () => {
  const { driver } = await newDriver()
  const places = [
    driver.placeMember('i1', 'shop', 'db', '0').directory,
    driver.placeMember('i1', 'shop', 'db', '1').directory,
    driver.placeMember('i2', 'shop', 'db', '0').directory,
    driver.placeSnapshot('s1').directory,
    driver.placeSnapshot('s2').directory,
  ]
  expect(new Set(places).size).toBe(places.length)
})
