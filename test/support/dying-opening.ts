/**
 * Opens the state of a home as its daemon does, `dying-opening.ts HOME N`, and ends itself with SIGKILL before the N-th effect that
 * this has on the disk or on a store. Without N it opens and closes it.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { openStore } from '../../src/daemon/host/open-store.ts'
import { EtcdStore } from '../../src/store/etcd/etcd-store.ts'
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { memberOf } from './lab/host-home.ts'

const [home = '', last = 'Infinity'] = process.argv.slice(2)
let effects = 0

function beforeEffect(): void {
  if (++effects >= Number(last)) process.kill(process.pid, 'SIGKILL')
}

/** The same, and an effect each time. */
function counted<A extends unknown[], R>(act: (...given: A) => R): (...given: A) => R {
  return function (this: unknown, ...given: A): R {
    beforeEffect()
    return act.apply(this, given)
  }
}

// All that is written is written beside and renamed, so these are all.
fs.rename = counted(fs.rename)
fs.rm = counted(fs.rm)
syncBuiltinESMExports()
for (const store of [EtcdStore, SqliteStore]) {
  store.prototype.write = counted(store.prototype.write)
  store.prototype.close = counted(store.prototype.close)
}

const onFailure = (error: unknown): void => {
  throw error
}
const { signal } = new AbortController()
const opened = await openStore({ home, member: memberOf(home), onFailure, signal })
await opened?.store.close()
