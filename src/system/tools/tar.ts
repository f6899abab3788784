import { run, tail } from '../run.ts'

/**
 * Unpacks a .tgz into a folder without the archive's outermost folder. Everything belongs to us, whoever made the archive.
 * Gives undefined when all went well, else what tar said. Throws COMMAND_NOT_FOUND without tar.
 */
export async function unpack(
  archive: string,
  directory: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string | undefined> {
  // `-o` is the one spelling of "not the archive's owner" that GNU, BSD and busybox share.
  const args = ['-xzof', archive, '-C', directory, '--strip-components', '1']
  const { exitCode, stderr } = await run('tar', args, options)
  return exitCode === 0 ? undefined : `exit code ${exitCode}: ${tail(stderr)}`
}
