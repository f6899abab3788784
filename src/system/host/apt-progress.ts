/**
 * What a line of apt’s status output (APT::Status-Fd) says of its progress: `dlstatus:3:12.5:Retrieving file 3 of 40 (30s remaining)`,
 * `pmstatus:etcd-server:45.1:Unpacking etcd-server (amd64)`. Undefined for any other line, and for the former when all is fetched already.
 */
export function aptProgress(line: string, isFetched: boolean): string | undefined {
  const [, kind, percent, words] =
    /^(dlstatus|pmstatus):[^:]*(?::(?:amd64|arm64|all|any))?:(\d+)(?:\.\d+)?:(.*)$/.exec(line) ?? []
  if (percent === undefined || (isFetched && kind === 'dlstatus')) return undefined
  return kind === 'dlstatus' ? `fetches packages: ${percent} %` : `${words} (${percent} %)`
}

/** Whether a line is for programs that follow apt, and not for people. */
export const isStatusLine = (line: string): boolean =>
  /^(?:dlstatus|pmstatus|pmerror|pmconffile|media-change):/.test(line)
