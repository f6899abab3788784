import { Hono } from 'hono'
import type { HowdahApp } from '../../api/mount.ts'
import { AppError } from '../../errors/app-error.ts'

/**
 * Answers while the store cannot be opened: every call gets STORE_UNAVAILABLE with the reason, but for the one that ends the daemon
 * and leaves the servers as they are.
 */
export function waitingRoom(reason: () => string, stop: () => void): HowdahApp {
  const app: HowdahApp = new Hono()
  app.post('/v1/daemon/stop', async (c) => {
    const { instances } = await c.req.json<{ instances?: unknown }>()
    if (instances !== false) return refuse(reason())
    stop()
    return c.json({ stopped: 0 })
  })
  app.all('*', () => refuse(reason()))
  return app
}

function refuse(reason: string): Response {
  const error = new AppError('STORE_UNAVAILABLE', `the state of this home is in etcd: ${reason}`)
  return Response.json(error, { status: error.status })
}
