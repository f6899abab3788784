import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { EtcdAccess } from '../../../src/system/etcd/etcd-client.ts'

/** What a process that has a lease finds when it goes on. */
export interface Found {
  readonly renewed: boolean
  /** The code of a write under the lease; `done` when it was taken. */
  readonly written: string
  readonly seen: readonly string[]
}

export interface LeaseHolder extends AsyncDisposable {
  freeze(): void
  thaw(): void
  /** Resolves when it has found that its lease is over. */
  told(): Promise<Found>
}

const store = join(import.meta.dirname, '../../../src/store/etcd/etcd-store.ts')

/** A process of its own that writes `claim` under a lease of two seconds and renews it until that fails. */
export async function startLeaseHolder(access: EtcdAccess): Promise<LeaseHolder> {
  const script = `
    import { text } from 'node:stream/consumers'
    import { setTimeout as pause } from 'node:timers/promises'
    const { openEtcdStore } = await import(${JSON.stringify(store)})
    const { endpoints, credentials } = JSON.parse(await text(process.stdin))
    const store = await openEtcdStore({ endpoints, credentials: () => credentials })
    const lease = await store.grantLease(2000)
    const stop = new AbortController()
    const seen = []
    const watched = (async () => {
      for await (const change of store.watch('claim', stop.signal)) {
        seen.push(change.kind === 'put' ? 'put ' + change.entry.value : 'delete')
        if (seen.length === 3) return
      }
    })()
    await store.write([{ kind: 'put', key: 'claim', value: 'mine', lease }])
    let renewed
    while ((renewed = await store.renewLease(lease))) await pause(200)
    const late = [{ kind: 'put', key: 'claim', value: 'mine still', lease }]
    const written = await store.write(late).then(() => 'done', (error) => error.code)
    await watched
    process.stdout.write(JSON.stringify({ renewed, written, seen }))
    stop.abort()
    await store.close()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify({ ...access, credentials: access.credentials() }))
  const output = text(child.stdout)
  await once(child, 'spawn')
  return {
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    told: async () => JSON.parse(await output) as Found,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
