import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why a volume cannot be made here; undefined when it can. */
export function noVolumeBecause(): string | undefined {
  if (process.platform !== 'linux') return 'XFS is a file system of Linux'
  if (process.geteuid?.() !== 0) return 'mounting a loop device needs root'
  const missing = ['mkfs.xfs', 'losetup', 'mount'].filter((program) => !isThere(program))
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (Debian: xfsprogs, mount)`
  return undefined
}

/** An empty XFS with reflinks in a sparse file, mounted at `directory` until it is disposed of. */
export async function xfsVolume(sizeBytes: number) {
  const root = await mkdtemp(join(tmpdir(), 'hx-'))
  await chmod(root, 0o755)
  const image = join(root, 'image')
  const directory = join(root, 'volume')
  execFileSync('mkdir', [directory])
  await writeFile(image, '')
  await truncate(image, sizeBytes)
  execFileSync('mkfs.xfs', ['-q', '-m', 'reflink=1', image])
  // The kernel lets the loop device go with the mount.
  execFileSync('mount', ['-o', 'loop', image, directory])
  await chmod(directory, 0o755)
  return {
    directory,
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [directory])
      await rm(root, { recursive: true })
    },
  }
}

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false // the shell says no by its status
  }
}
