/** What /etc/os-release says (os-release(5)). */
export interface SystemRelease {
  /** `debian`, `ubuntu`; empty when there is no such file. */
  readonly id: string
  /** `12`, `24.04`; unset in Debian’s testing and unstable. */
  readonly versionId: string | undefined
  /** For people: `Debian GNU/Linux 13 (trixie)`. */
  readonly prettyName: string
}

/** Reads the text of /etc/os-release, which is written as shell assignments. */
export function parseOsRelease(text: string): SystemRelease {
  const values = new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^([A-Z_0-9]+)=(.*)$/.exec(line.trim()) ?? []
      return name === undefined || value === undefined ? [] : [[name, unquoted(value)] as const]
    }),
  )
  const id = values.get('ID') ?? ''
  return {
    id,
    versionId: values.get('VERSION_ID'),
    prettyName: values.get('PRETTY_NAME') ?? (id || 'a system that does not say its name'),
  }
}

const unquoted = (value: string): string =>
  /^(["']).*\1$/.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
