import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HostFile } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import { readText, syncDirectory, writeAtomic } from '../../system/files.ts'
import { homeLayout } from '../home.ts'

/** What a home says of itself as a host; undefined for a machine by itself. Throws STORE_CORRUPT for a file that is none. */
export async function readHostFile(home: string): Promise<HostFile | undefined> {
  const path = homeLayout(home).hostFile
  const text = await readText(path)
  if (text === undefined) return undefined
  const parsed = HostFile.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AppError('STORE_CORRUPT', `${path} does not have its form`, {
    details: { issues: parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`) },
    hint: 'It says where the state of this home is, so nothing is done without it. Put it back from your own backup.',
  })
}

export const writeHostFile = (home: string, file: HostFile): Promise<void> =>
  inTurn(() => write(home, file))

/** Changes it as it is at this moment; `edit` gives undefined when there is nothing to change. */
export const editHostFile = (
  home: string,
  edit: (file: HostFile | undefined) => HostFile | undefined,
): Promise<void> =>
  inTurn(async () => {
    const edited = edit(await readHostFile(home))
    if (edited) await write(home, edited)
  })

/** From then on the home is one machine by itself. */
export const removeHostFile = (home: string): Promise<void> =>
  inTurn(async () => {
    const path = homeLayout(home).hostFile
    await rm(path, { force: true })
    await syncDirectory(dirname(path))
  })

async function write(home: string, file: HostFile): Promise<void> {
  const text = `${JSON.stringify(file, undefined, 2)}\n`
  await writeAtomic(homeLayout(home).hostFile, text, { mode: 0o600 })
}

/** Operations change it, and so does who follows the hosts: neither may write over the other. */
let last: Promise<void> = Promise.resolve()

function inTurn(act: () => Promise<void>): Promise<void> {
  const next = last.then(act)
  last = next.catch(() => {}) // the caller gets the error; the next one starts afresh
  return next
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // told above as what does not have its form
  }
}
