import { commandWord } from '../pgbackrest/restore-command.ts'

/** How a server archives with pgBackRest. */
export interface PgbackrestArchiving {
  readonly major: number
  readonly program: string
  readonly stanza: string
  readonly configFile: string
  /** Besides it the off-site repository, and the file that is there while that one is late. */
  readonly offsite?: { readonly configFile: string; readonly late: string }
}

/** Since this major archiving may be a library's work (release notes of 15); both at once are an error since 16. */
const librariesSince = 15

/**
 * Settings with which a server archives by itself. The off-site repository comes after the first one and never keeps WAL from it: when
 * it does not take a file, the file `late` is made, WAL goes past it from then on, and the daemon brings it what it lacks.
 */
export function pgbackrestArchiving(a: PgbackrestArchiving): Record<string, string> {
  const push = (configFile: string): string =>
    // The server runs it in its data folder, wherever that is.
    `${commandWord(a.program)} ${commandWord(`--config=${configFile}`)} --stanza=${a.stanza} --pg1-path="$PWD" archive-push "%p"`
  const late = a.offsite && commandWord(a.offsite.late)
  const after = a.offsite
    ? ` && { test -e ${late} || ${push(a.offsite.configFile)} || : > ${late}; }`
    : ''
  return {
    ...(a.major >= librariesSince ? { archive_library: '' } : {}),
    archive_command: `${push(a.configFile)}${after}`,
  }
}
