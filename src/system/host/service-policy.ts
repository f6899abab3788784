import { link, readlink, rename, rm } from 'node:fs/promises'
import { errnoOf, withFileErrors } from '../file-errors.ts'
import { readText, writeAtomic } from '../files.ts'

/** Debian’s own switch: what it exits with decides whether a package may start its services (invoke-rc.d(8)); 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d'

const MARK = '# Written by Howdah while it installs packages'

const SCRIPT = `#!/bin/sh
${MARK}, so that none starts a service; gone afterwards.
exit 101
`

/**
 * Keeps packages from starting services until {@link allowServices}. What was there is kept beside it. Safe to repeat after we
 * died at any point: our own file is known by its text and never taken for one of the machine’s.
 */
export async function forbidServices(path = POLICY): Promise<void> {
  await withFileErrors(path, async () => {
    if (!(await isOurs(path)) && (await isThere(path))) {
      await rm(before(path), { force: true })
      // A link keeps owner, mode and kind, and leaves no moment without a policy.
      await link(path, before(path))
    }
    await writeAtomic(path, SCRIPT, { mode: 0o755 })
  })
}

/** Puts back what was there before {@link forbidServices}; does nothing when that has been done. */
export async function allowServices(path = POLICY): Promise<void> {
  await withFileErrors(path, async () => {
    const isKept = await isThere(before(path))
    if ((await isThere(path)) && !(await isOurs(path))) {
      // Theirs is in force: the one that we kept is the same, or older.
      if (isKept) await rm(before(path))
    } else if (isKept) {
      await rename(before(path), path)
    } else {
      await rm(path, { force: true })
    }
  })
}

const before = (path: string): string => `${path}.before-howdah`

async function isOurs(path: string): Promise<boolean> {
  return (await readText(path))?.includes(MARK) === true
}

async function isThere(path: string): Promise<boolean> {
  try {
    await readlink(path)
    return true
  } catch (error) {
    // EINVAL: there, and no symbolic link.
    if (errnoOf(error) === 'EINVAL') return true
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}
