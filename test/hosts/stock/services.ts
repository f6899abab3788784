import type { Hosts } from '../open-hosts.ts'

/** What runs on a stock host, as the one who may run it. */
export const services = {
  etcd: 'etcd',
  patroni: 'postgres',
  haproxy: 'root',
  pgbouncer: 'postgres',
} as const
export type Service = keyof typeof services

const RUN = '/run/stock'

/** Starts a service and, a second after it ended, starts it again, as `Restart=always, RestartSec=1` does; unless it is held. */
export const bootScript = (service: Service, command: string): string => `#!/bin/sh
# Whose folder is another's cannot be gone back to, which Python's processes do.
cd /
mkdir -p ${RUN}
install -d -o postgres -g postgres /run/postgresql
while :; do
  while [ -e ${RUN}/${service}.held ]; do sleep 0.1; done
  sh -c 'echo $$ >${RUN}/${service}.pid; exec setpriv --reuid ${services[service]} --regid ${services[service]} --init-groups ${command}' \\
    >>/var/log/stock-${service}.log 2>&1
  sleep 1
done
`

/** Runs a script on a host that must succeed, and gives what it printed. */
export async function sh(hosts: Hosts, host: string, script: string, input = ''): Promise<string> {
  const { status, stdout, stderr } = await hosts.run(host, ['sh', '-c', script], { input })
  if (status === 0) return stdout.trim()
  throw new Error(`${script}\non ${host} ended with ${status}: ${stderr}`)
}

/** Starts what a host's boot would, at once. */
export const startService = (hosts: Hosts, host: string, service: Service): Promise<string> =>
  sh(hosts, host, `setsid /etc/howdah-lab/boot.d/stock-${service} </dev/null >/dev/null 2>&1 &`)

/** Sends a signal to a service, which may come back by itself. */
export const signalService = (hosts: Hosts, host: string, service: Service, signal: string) =>
  sh(hosts, host, `kill -${signal} "$(cat ${RUN}/${service}.pid)"`)

/** Kills a service, and it stays away. */
export const holdService = (hosts: Hosts, host: string, service: Service): Promise<string> =>
  sh(hosts, host, `touch ${RUN}/${service}.held; kill -KILL "$(cat ${RUN}/${service}.pid)"`)

export const releaseService = (hosts: Hosts, host: string, service: Service): Promise<string> =>
  sh(hosts, host, `rm -f ${RUN}/${service}.held`)
