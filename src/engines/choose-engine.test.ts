import { expect, test } from 'vitest'
import type { Engine, EngineOffer } from '../contract/engine.ts'
import type { VersionWanted } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import { chooseEngine, successorOf } from './choose-engine.ts'

function engine(id: string, extensions: string[] = ['plpgsql']): Engine {
  const [kind, version] = id.split('-') as [Engine['kind'], string]
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return { id, kind, major, minor, binDirectory: '/bin', tools: [], extensions, features: [] }
}

function offer(version: string): EngineOffer {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return { id: `npm-${version}`, major, minor, installed: false }
}

const offers = ['18.4', '16.14', '16.4', '16.2', '15.18', '14.23'].map(offer)

function refusalOf(wanted: VersionWanted, ...rest: [Engine[], EngineOffer[], string?]): AppError {
  try {
    chooseEngine(wanted, rest[0], rest[1], { noOffers: rest[2] })
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('it was not refused')
}

test('a system engine of the major is preferred to an npm engine, even a newer one', () => {
  const installed = [engine('npm-15.18'), engine('system-15.10')]
  expect(chooseEngine({ major: 15 }, installed, offers).id).toBe('system-15.10')
})

test('an exact minor is met exactly: by the system when it has it, else from npm', () => {
  const installed = [engine('system-16.9'), engine('npm-16.4')]
  expect(chooseEngine({ major: 16, minor: 9 }, installed, offers).id).toBe('system-16.9')
  expect(chooseEngine({ major: 16, minor: 4 }, installed, offers).id).toBe('npm-16.4')
  const fetched = chooseEngine({ major: 16, minor: 2 }, installed, offers)
  expect(fetched).toEqual({
    id: 'npm-16.2',
    major: 16,
    minor: 2,
    engine: undefined,
    sentence: undefined,
  })
})

test('without a minor the newest that is installed is used, though npm has a newer one', () => {
  const installed = [engine('npm-16.2'), engine('npm-16.10'), engine('npm-16.4')]
  expect(chooseEngine({ major: 16 }, installed, offers).id).toBe('npm-16.10')
})

test('without a minor and with none installed it is the newest minor of npm', () => {
  expect(chooseEngine({ major: 16 }, [engine('system-15.10')], offers).id).toBe('npm-16.14')
})

test('no version at all is the newest major of all, and a sentence says so', () => {
  const choice = chooseEngine({}, [engine('system-15.10')], offers)
  expect(choice.id).toBe('npm-18.4')
  expect(choice.sentence).toContain('Postgres 18')
  const offline = chooseEngine({}, [engine('system-15.10'), engine('npm-14.2')], [])
  expect(offline.id).toBe('system-15.10')
  expect(offline.sentence).toContain('Postgres 15')
  expect(chooseEngine({ major: 15 }, [engine('system-15.10')], offers).sentence).toBeUndefined()
})

test('an engine with the promised extensions comes before all others', () => {
  const installed = [engine('system-16.9'), engine('npm-16.14', ['plpgsql', 'vector'])]
  const choice = chooseEngine({ major: 16 }, installed, offers, { extensions: ['vector'] })
  expect(choice.id).toBe('npm-16.14')
  const none = chooseEngine({ major: 16 }, installed, offers, { extensions: ['postgis'] })
  expect(none.id).toBe('system-16.9')
})

test('a minor that nobody has is refused with the nearest ones', () => {
  const refusal = refusalOf({ major: 16, minor: 3 }, [engine('system-16.9')], offers)
  expect(refusal.code).toBe('ENGINE_UNAVAILABLE')
  expect(refusal.message).toContain('Postgres 16.3')
  expect(refusal.details).toMatchObject({ nearest: ['16.4', '16.2', '16.9'] })
})

test('a major that nobody has is refused with the majors there are', () => {
  const refusal = refusalOf({ major: 11 }, [engine('system-15.10')], offers)
  expect(refusal.details).toMatchObject({ nearest: ['14', '15', '16', '18'] })
})

test('with nothing at all the refusal says why', () => {
  const refusal = refusalOf({}, [], [], 'there is no npm package for beos')
  expect(refusal.message).toContain('there is no npm package for beos')
})

test('a system package’s update is the successor of the minor that it replaced', () => {
  const installed = [engine('system-16.10'), engine('npm-16.14'), engine('system-15.3')]
  expect(successorOf('system-16.9', installed)?.id).toBe('system-16.10')
  expect(successorOf('system-14.9', installed)).toBeUndefined()
  expect(successorOf('npm-16.4', installed)).toBeUndefined()
})
