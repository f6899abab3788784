/** Features by the option of Postgres's `configure` that switches them on. */
const byOption: Readonly<Record<string, string>> = {
  'with-openssl': 'openssl',
  'with-ssl=openssl': 'openssl',
  'with-icu': 'icu',
  'with-libxml': 'libxml',
  'with-libxslt': 'libxslt',
  'with-lz4': 'lz4',
  'with-zstd': 'zstd',
  'with-gssapi': 'gssapi',
  'with-ldap': 'ldap',
  'with-pam': 'pam',
  'with-llvm': 'llvm',
  'with-systemd': 'systemd',
  'with-liburing': 'liburing',
  'with-libnuma': 'libnuma',
  'with-libcurl': 'libcurl',
}

/** Features by the library that an engine ships for them; what it does not ship it was not built with. */
const byLibrary: Readonly<Record<string, string>> = {
  libssl: 'openssl',
  libicui18n: 'icu',
  libxml2: 'libxml',
  libxslt: 'libxslt',
  liblz4: 'lz4',
  libzstd: 'zstd',
}

/** Features by the library in `pg_config --pkglibdir` that a server loads for them. */
const byModule: Readonly<Record<string, string>> = {
  basic_archive: 'basic_archive',
}

/** ICU is on unless refused since this major (release notes of 16). */
const icuByDefaultSince = 16

/** Reads `pg_config --configure`: options in single quotes, separated by spaces. */
export function featuresOfConfigure(options: string, major: number): string[] {
  const words = [...options.matchAll(/'--([^']*)'/g)].map(([, word]) => word ?? '')
  const features = words.flatMap((word) => byOption[word] ?? [])
  const icuByDefault = major >= icuByDefaultSince && !words.includes('without-icu')
  return sortedOnce(icuByDefault ? [...features, 'icu'] : features)
}

/** Reads the file names of an engine's own `lib` folder: `libicui18n.so.60`, `libssl.1.1.dylib`. */
export function featuresOfLibraries(fileNames: readonly string[]): string[] {
  return sortedOnce(
    fileNames.flatMap((name) => {
      const [library = ''] = name.split('.')
      return byLibrary[library] ?? []
    }),
  )
}

/** Reads the names of the libraries that a server can load, without their ending. */
export function featuresOfModules(names: readonly string[]): string[] {
  return sortedOnce(names.flatMap((name) => byModule[name] ?? []))
}

function sortedOnce(features: readonly string[]): string[] {
  return [...new Set(features)].toSorted()
}
