import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/** Whether a file can be mounted as a disk here: as root on Linux, with a loop device that is free. */
export const canMountFiles: boolean = (() => {
  if (process.geteuid?.() !== 0 || process.platform !== 'linux') return false
  try {
    execFileSync('losetup', ['--find'], { stdio: 'ignore' })
    execFileSync('mkfs.ext4', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false // no such device or program, as in most containers
  }
})()

const BLOCK_BYTES = 4096

export type SmallDisk = ReturnType<typeof mountSmallDisk>

/**
 * A file system of its own and of this size at `place`, a folder that is made: `await using disk = mountSmallDisk(…)`. What it holds is
 * in the file `image`, which may lie next to it.
 */
export function mountSmallDisk(place: string, image: string, sizeMib: number) {
  closeSync(openSync(image, 'wx'))
  truncateSync(image, sizeMib * 1024 * 1024)
  // No blocks kept for root, whose daemon would write on where the servers cannot.
  execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', image])
  mkdirSync(place, { recursive: true, mode: 0o711 })
  execFileSync('mount', ['-o', 'loop', image, place])
  rmSync(join(place, 'lost+found'), { recursive: true })
  const ballast = join(place, 'ballast')
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(place)
    return bavail * bsize
  }
  return {
    place,
    freeBytes,
    /** Leaves so many bytes free, at once. */
    fillUpTo(leftBytes: number): void {
      mkdirSync(ballast, { recursive: true })
      let sizeBytes = freeBytes() - leftBytes
      for (let n = 0; sizeBytes >= BLOCK_BYTES; n++) {
        const file = join(ballast, `${freeBytes()}-${n}`)
        try {
          execFileSync('fallocate', ['-l', String(sizeBytes), file], { stdio: 'ignore' })
          sizeBytes = freeBytes() - leftBytes
        } catch {
          // A file of that size needs blocks for itself too.
          rmSync(file, { force: true })
          sizeBytes = Math.floor(sizeBytes / 2)
        }
      }
    },
    /** As it was before it was filled up. */
    makeRoom(): void {
      rmSync(ballast, { recursive: true, force: true })
    },
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['--lazy', place])
      rmSync(image)
    },
  }
}
