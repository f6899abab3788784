/** Where a server puts its finished WAL, and what it can do for that. */
export interface Archiving {
  readonly major: number
  /** As `Engine.features`: `basic_archive` when its library is there. */
  readonly features: readonly string[]
  /** Absolute path of a folder that the server may write. */
  readonly incoming: string
}

/** Since this major archiving may be a library's work (release notes of 15). */
const librariesSince = 15

/** basic_archive.c: the folder, a separator, a temporary name of up to 64 + 2 characters, in MAXPGPATH (1024) with its end. */
const longestForLibrary = 1024 - 64 - 2 - 1 - 1

/**
 * Settings with which a server copies each finished WAL file into `incoming`: whole or not at all, on the disk before it is told
 * done, and never over another content. By Postgres's own library where the engine has it, else by a shell command.
 */
export function archivingSettings({
  major,
  features,
  incoming,
}: Archiving): Record<string, string> {
  const canLoad = major >= librariesSince
  const byLibrary =
    canLoad &&
    features.includes('basic_archive') &&
    new TextEncoder().encode(incoming).length <= longestForLibrary
  return byLibrary
    ? {
        archive_library: 'basic_archive',
        'basic_archive.archive_directory': incoming,
        // Both at once are an error since 16.
        archive_command: '',
      }
    : {
        ...(canLoad ? { archive_library: '' } : {}),
        archive_command: archiveCommand(incoming),
      }
}

/** Begins the names of files that the shell command has not finished; no WAL file begins so. */
export const UNFINISHED = '.unfinished.'

/**
 * Copies to another name, flushes it, renames, and flushes the folder. For `sh` with the tools of GNU, BSD (macOS) or busybox:
 * where dd cannot flush one file, all of the machine is flushed. A file that is there with the same content is success, as when
 * the server died before it knew; with another content it fails, and the server tries again for ever.
 */
function archiveCommand(incoming: string): string {
  const folder = forCommand(incoming)
  const place = forCommand(`${incoming}/`)
  const unfinished = forCommand(`${incoming}/${UNFINISHED}`)
  const copy = `dd if="%p" of=${unfinished}%f bs=1048576`
  return [
    `if test -e ${place}%f; then cmp "%p" ${place}%f;`,
    // dd always talks; what it says of a failure that lasts is in the server's log by the second one.
    `else { ${copy} conv=fsync 2>/dev/null || { ${copy} && sync; }; }`,
    `&& mv -f ${unfinished}%f ${place}%f; fi`,
    `&& sync ${folder}`,
  ].join(' ')
}

export interface Fetching {
  /** A node that the server's account can run. */
  readonly node: string
  /** Path of the wal-fetch program. */
  readonly program: string
  /** The lineage's folder of archived WAL. */
  readonly wal: string
  readonly segmentBytes: number
}

/** The restore_command that fetches one WAL file from an archive of ours. */
export const restoreCommand = ({ node, program, wal, segmentBytes }: Fetching): string =>
  `${[node, program, wal].map(forCommand).join(' ')} ${segmentBytes} "%f" "%p"`

/** One word for `sh` inside a command of the server's settings, in which `%` begins a place to fill. */
export const forCommand = (text: string): string =>
  `'${text.replaceAll("'", `'\\''`)}'`.replaceAll('%', '%%')
