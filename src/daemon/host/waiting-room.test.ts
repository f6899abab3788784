import { expect, test } from 'vitest'
import type { Doorway } from '../../api/mount.ts'
import { waitingRoom } from './waiting-room.ts'

const doorway: Doorway = { caller: { name: 'me', role: 'admin', from: 'socket' } }

async function ask(path: string, init: RequestInit = {}) {
  let stops = 0
  const room = waitingRoom(
    () => 'nobody answers',
    () => void stops++,
  )
  const reply = await room.fetch(new Request(`http://howdah${path}`, init), doorway)
  return { status: reply.status, body: await reply.json(), stops }
}

const stop = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })

test('whoever calls while the store is not there is told why', async () => {
  expect(await ask('/v1/instances')).toMatchObject({
    status: 503,
    body: {
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('nobody answers') as string,
    },
  })
  expect(await ask('/v1/daemon')).toMatchObject({ status: 503 })
})

test('the daemon can be ended while the store is not there, and its instances cannot', async () => {
  const ended = await ask('/v1/daemon/stop', stop({ instances: false }))
  expect(ended).toEqual({ status: 200, body: { stopped: 0 }, stops: 1 })
  expect(await ask('/v1/daemon/stop', stop({ instances: true }))).toMatchObject({
    status: 503,
    stops: 0,
  })
})
