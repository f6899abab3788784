import { join } from 'node:path'
import type { Store } from '../store/store.ts'
import { ensureDirectory, listNames, removeTree, renameDurably } from '../system/files.ts'
import type { StateCopy } from './state-copy.ts'

const KEPT_DAYS = 7
/** What belongs together changes together; a copy is made when it has been quiet for so long. */
const QUIET_MS = 1000
/** What a person would miss. The rest is seen anew by the agent, or is of the moment. */
const MISSED = ['projects/', 'instances/', 'members/', 'credentials/', 'config/', 'snapshots/']

/** A whole copy of the state for today, in the place of an earlier one of today; the last seven days are kept. */
export async function backUpState(state: StateCopy, folder: string): Promise<void> {
  await ensureDirectory(folder, { mode: 0o700 })
  const making = join(folder, 'in-the-making')
  await removeTree(making)
  await state.write(making)
  const today = `state-${new Date().toISOString().slice(0, 10)}${state.ending}`
  await renameDurably(making, join(folder, today))
  const names = (await listNames(folder)).filter((name) => name.startsWith('state-')).sort()
  for (const old of names.slice(0, Math.max(0, names.length - KEPT_DAYS))) {
    await removeTree(join(folder, old))
  }
}

/** Makes a copy soon after each change that a person would miss, until `signal` aborts; then a last one. */
export async function keepStateBackups(
  store: Store,
  state: StateCopy,
  folder: string,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  const copy = (): Promise<void> => backUpState(state, folder).catch(onError)
  let last = copy()
  let timer: NodeJS.Timeout | undefined
  for await (const change of store.watch('', signal)) {
    const key = change.kind === 'put' ? change.entry.key : change.key
    if (!MISSED.some((prefix) => key.startsWith(prefix))) continue
    clearTimeout(timer)
    timer = setTimeout(() => {
      last = last.then(copy)
    }, QUIET_MS)
  }
  clearTimeout(timer)
  await last
  await copy()
}
