import { constants, existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'

/** A folder that is held open, so that nobody can put another thing at its place while we work in it. */
export interface HeldFolder extends AsyncDisposable {
  readonly handle: FileHandle
  /** A path to an entry of this very folder, wherever it was moved meanwhile; '' is the folder itself. */
  at(name: string): string
}

/** A path to a file that is open already, whatever stands at `path` by now; elsewhere than on Linux `path` itself. */
export const pathOfOpen = (file: Pick<FileHandle, 'fd'>, path: string): string =>
  leadsOn ? join(descriptors, String(file.fd)) : path

/** Linux alone leads from a descriptor to what is in its folder (proc(5), /proc/pid/fd). */
const descriptors = '/proc/self/fd'
const leadsOn = process.platform === 'linux' && existsSync(descriptors)

/**
 * Opens a folder and does not follow a link at its last name: as root we walk trees of an account that may swap a folder for
 * a link at any moment. Elsewhere than on Linux entries have their plain path. Throws ENOTDIR for anything else there, ELOOP
 * or ENOTDIR for a link.
 */
export async function holdFolder(path: string): Promise<HeldFolder> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
  const handle = await open(path, flags)
  const base = pathOfOpen(handle, path)
  return {
    handle,
    at: (name) => join(base, name),
    [Symbol.asyncDispose]: () => handle.close(),
  }
}
