import { readFileSync } from 'node:fs'

/** The systemd service that a process belongs to, `etcd.service`; undefined when none does, or its groups cannot be seen. */
export function serviceOf(pid: number): string | undefined {
  try {
    return serviceInGroups(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
  } catch {
    // It has ended, or there are no control groups here: it only decorates a sentence.
    return undefined
  }
}

/** Reads /proc/<pid>/cgroup, of version 1 or 2. A user’s own services are not the system’s to stop. */
export function serviceInGroups(text: string): string | undefined {
  const [, service] =
    /:\/system\.slice\/(?:[^/\n]+\/)*?([^/\n]+\.service)(?:\/|$)/m.exec(text) ?? []
  return service
}
