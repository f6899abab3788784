import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { LabFile } from './lab-file.ts'

/** What brings each program on Debian; util-linux, coreutils, mount and perl-base are on every one. */
const programs = {
  ip: 'iproute2',
  nft: 'nftables',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  fallocate: 'util-linux',
  losetup: 'mount',
  pivot_root: 'util-linux',
  perl: 'perl',
  'mkfs.ext4': 'e2fsprogs',
}

/** Why no lab can be made here, in a sentence each; empty when one can. */
export function obstacles(wanted: Partial<Pick<LabFile, 'suite' | 'filesystem'>> = {}): string[] {
  if (process.platform !== 'linux') return ['the lab needs Linux: its hosts are namespaces']
  if (process.geteuid?.() !== 0) {
    return ['the lab needs root: it makes network namespaces and mounts disks']
  }
  const extra = {
    ...(wanted.filesystem === 'xfs' ? { 'mkfs.xfs': 'xfsprogs' } : {}),
    ...((wanted.suite ?? 'host') === 'host' ? {} : { mmdebstrap: 'mmdebstrap' }),
  }
  return [...missingPrograms({ ...programs, ...extra }), ...missingKernelParts()]
}

function missingPrograms(needed: Readonly<Record<string, string>>): string[] {
  const missing = Object.entries(needed).filter(([program]) => !hasProgram(program))
  if (missing.length === 0) return []
  const packages = [...new Set(missing.map(([, name]) => name))].join(' ')
  return [
    `the lab needs ${missing.map(([program]) => program).join(', ')}: apt-get install ${packages}`,
  ]
}

function missingKernelParts(): string[] {
  const found: string[] = []
  // Modules load on first use, so a file system that is not listed may still come; a missing device does not.
  if (!existsSync('/dev/loop-control')) found.push('the lab needs loop devices: /dev/loop-control')
  const capabilities = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))
  const CAP_SYS_ADMIN = 21n
  const held = BigInt(`0x${capabilities?.[1] ?? '0'}`)
  if (((held >> CAP_SYS_ADMIN) & 1n) === 0n) {
    found.push('the lab needs CAP_SYS_ADMIN, which this container withholds')
  }
  return found
}

function hasProgram(name: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false // not in this folder; the next may have it
    }
  })
}
