import { join } from 'node:path'
import { isFile, namesIn } from '../system/entries.ts'

/** Where distributions keep their servers; `*` stands for a part of one name. */
const layouts = [
  // Debian and its PGDG packages.
  'usr/lib/postgresql/*/bin',
  // RPM packages of PGDG.
  'usr/pgsql-*/bin',
  // Fedora's and Arch's own packages.
  'usr/bin',
  // Alpine.
  'usr/libexec/postgresql*',
  // Homebrew on Apple silicon, on Intel, and on Linux.
  'opt/homebrew/opt/postgresql@*/bin',
  'usr/local/opt/postgresql@*/bin',
  'home/linuxbrew/.linuxbrew/opt/postgresql@*/bin',
  // Postgres.app; its `latest` is a link to one of the others.
  'Applications/Postgres.app/Contents/Versions/*/bin',
]

/** The folders of this machine that hold a `postgres` and an `initdb`, best-known layout first. `root` stands for `/`. */
export async function systemBinDirectories(root = '/'): Promise<string[]> {
  const found: string[] = []
  for (const layout of layouts) {
    for (const directory of await expand(root, layout.split('/'))) {
      const programs = [join(directory, 'postgres'), join(directory, 'initdb')]
      const present = await Promise.all(programs.map(isFile))
      if (present.every(Boolean)) found.push(directory)
    }
  }
  return found
}

async function expand(base: string, [part, ...rest]: readonly string[]): Promise<string[]> {
  if (part === undefined) return [base]
  if (!part.includes('*')) return expand(join(base, part), rest)
  const [before = '', after = ''] = part.split('*')
  const names = await openNames(base)
  const matching = names.filter((name) => name.startsWith(before) && name.endsWith(after))
  const deeper = await Promise.all(matching.map((name) => expand(join(base, name), rest)))
  return deeper.flat()
}

async function openNames(directory: string): Promise<string[]> {
  try {
    return await namesIn(directory)
  } catch {
    // Closed to us: then no engine of ours is in it.
    return []
  }
}
