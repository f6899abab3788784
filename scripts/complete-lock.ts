/**
 * Adds what `npm install` leaves out of package-lock.json when a registry copy lacks some platforms' binaries: an entry
 * for each optional platform package. Without them `npm ci` refuses the lock, and another platform gets no binary.
 * Run it after every `npm install` that changes the lock. A second run changes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockEntry {
  version: string
  cpu?: string[]
  dev?: boolean
  optional?: boolean
  os?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockEntry> }

const missing = Object.entries(lock.packages).flatMap(([owner, entry]) =>
  owner === ''
    ? []
    : Object.entries(entry.optionalDependencies ?? {})
        .filter(([name, version]) => !lock.packages[`node_modules/${name}`] && isExact(version))
        .map(([name, version]) => ({ name, version, dev: entry.dev === true })),
)

for (const { name, version, dev } of missing) {
  const platform = platformOf(name)
  if (!platform) continue
  lock.packages[`node_modules/${name}`] = {
    version,
    cpu: [platform.cpu],
    ...(dev ? { dev } : {}),
    ...(platform.libc ? { libc: [platform.libc] } : {}),
    optional: true,
    os: [platform.os],
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
)
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${missing.length} entries added to package-lock.json`)

function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+[\w.-]*$/.test(version)
}

/** `@oxlint/binding-linux-arm64-musl` names Linux on arm64 with musl. */
function platformOf(name: string): { os: string; cpu: string; libc?: string } | undefined {
  const systems = 'aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32'
  const match = new RegExp(`(?:^|[-/])(${systems})-([a-z0-9]+)(?:-(\\w+))?$`).exec(name)
  if (!match) return undefined
  const [, os = '', cpu = '', abi = ''] = match
  if (os !== 'linux' || abi === '') return { os, cpu }
  return { os, cpu, libc: abi.startsWith('musl') ? 'musl' : 'glibc' }
}
