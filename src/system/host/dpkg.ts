import { run } from '../run.ts'

/** In C, so that what is printed is what we know. */
const ENV = { LC_ALL: 'C' }

/** Those of these packages that are installed and set up, with their versions. One that is half-way is not there. */
export async function installedPackages(
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const format = '${Package}\\t${db:Status-Abbrev}\\t${Version}\\n'
  // It exits with 1 when it does not know one of them, and still prints the others.
  const { stdout } = await run('dpkg-query', ['-W', `-f=${format}`, ...names], { env: ENV })
  return installedIn(stdout)
}

/** Reads lines of name, status and version between tabs. `ii `: wanted and installed; a hold is `hi `. */
export function installedIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [name, status, version] = line.split('\t')
      return name && version && /^.i\s*$/.test(status ?? '') ? [[name, version] as const] : []
    }),
  )
}

/** Whether one of these packages was left half-way: unpacked, or set up in part. */
export async function isAnyHalfway(names: readonly string[]): Promise<boolean> {
  const format = '${db:Status-Abbrev}\\n'
  const { stdout } = await run('dpkg-query', ['-W', `-f=${format}`, ...names], { env: ENV })
  // Second letter: n, not installed; c, only its configuration is left; i, installed.
  return stdout.split('\n').some((status) => /^.[^nci]/.test(status))
}

/** The version that apt would install of a package; undefined when no source that it has read has one. */
export async function candidateOf(name: string): Promise<string | undefined> {
  const { stdout } = await run('apt-cache', ['policy', name], { env: ENV })
  const [, version] = /^\s*Candidate: (\S+)$/m.exec(stdout) ?? []
  return version === '(none)' ? undefined : version
}
