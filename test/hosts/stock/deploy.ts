import { until } from '../../support/lab/until.ts'
import type { HostRecord } from '../lab-file.ts'
import type { Hosts } from '../open-hosts.ts'
import {
  CONFIG,
  DATA,
  DCS_DATA,
  LOGIN,
  etcdCommand,
  haproxyConfig,
  patroniConfig,
  pgbouncerConfig,
} from './configuration.ts'
import { type Service, bootScript, services, sh, startService } from './services.ts'

/** Writes what a stock host is configured by, and starts it: the cluster makes itself. */
export async function deploy(hosts: Hosts, major: number): Promise<void> {
  await Promise.all(hosts.lab.hosts.map((host) => layOut(hosts, host, major)))
  for (const service of Object.keys(services) as Service[]) {
    await Promise.all(hosts.names.map((host) => startService(hosts, host, service)))
  }
}

/** Makes the clients' account and database on the primary. */
export async function makeDatabase(hosts: Hosts, primary: string): Promise<void> {
  const { user, password, database } = LOGIN
  const role = `create role ${user} login password '${password}'`
  await until('a primary that takes writes', async () => {
    const psql = ['psql', '-h', '/run/postgresql', '-U', 'postgres', '-v', 'ON_ERROR_STOP=1']
    const script = `${role};\ncreate database ${database} owner ${user};\n`
    // A transaction for both is not possible, so what was done before is no fault.
    const made = `select 1 from pg_database where datname = '${database}'`
    const { stdout } = await hosts.run(primary, [...psql, '-Atc', made])
    if (stdout.trim() === '1') return true
    return (await hosts.run(primary, psql, { input: script })).status === 0
  })
}

async function layOut(hosts: Hosts, host: HostRecord, major: number): Promise<void> {
  const all = hosts.lab.hosts
  const { user, password } = LOGIN
  const files = {
    [`${CONFIG}/patroni.yaml`]: JSON.stringify(patroniConfig(host, all, major), undefined, 2),
    [`${CONFIG}/haproxy.cfg`]: haproxyConfig(all),
    [`${CONFIG}/pgbouncer.ini`]: pgbouncerConfig(),
    [`${CONFIG}/userlist.txt`]: `"${user}" "${password}"\n`,
  }
  const commands = {
    etcd: etcdCommand(host, all),
    patroni: `patroni ${CONFIG}/patroni.yaml`,
    haproxy: `haproxy -db -f ${CONFIG}/haproxy.cfg`,
    pgbouncer: `pgbouncer -q ${CONFIG}/pgbouncer.ini`,
  }
  await sh(
    hosts,
    host.name,
    `mkdir -p ${CONFIG} && install -d -m 700 -o postgres -g postgres ${DATA} &&
     install -d -m 700 -o etcd -g etcd ${DCS_DATA}`,
  )
  for (const [path, text] of Object.entries(files)) {
    await sh(hosts, host.name, `cat >${path}`, text)
  }
  for (const service of Object.keys(services) as Service[]) {
    const path = `/etc/howdah-lab/boot.d/stock-${service}`
    const script = bootScript(service, commands[service])
    await sh(hosts, host.name, `cat >${path} && chmod 755 ${path}`, script)
  }
  // Installed long ago: what a power cut may take is what is written from here on.
  await sh(hosts, host.name, 'sync -f /run/howdah-lab/system')
}
