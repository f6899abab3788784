import { until } from '../../support/lab/until.ts'
import type { Endpoint } from '../harness/endpoint.ts'
import type { Member, Part, Target } from '../faults/target.ts'
import { type Hosts, openHosts } from '../open-hosts.ts'
import { isUp } from '../processes.ts'
import { Refusal } from '../refusal.ts'
import { DATA, LOGIN, PORTS } from './configuration.ts'
import { deploy, makeDatabase } from './deploy.ts'
import { type Service, holdService, releaseService, sh, signalService } from './services.ts'
import { type StockSuite, stockCache, stockMajors } from './tree.ts'

const HOSTS = 3
const GIB = 1024 ** 3
const BAD_SETTING = 'shared_buffers = nonsense'

const serviceOf: Readonly<Record<Part, Service>> = {
  dcs: 'etcd',
  leadership: 'patroni',
  router: 'haproxy',
  pooler: 'pgbouncer',
}

/** What Patroni's GET /cluster says of a member. */
interface PatroniMember {
  readonly name: string
  readonly role: string
  readonly state: string
}

/** Stock Patroni with etcd, HAProxy and PgBouncer on three lab hosts, as Debian packs them. */
export async function openStock({
  suite,
  lab,
}: {
  readonly suite: StockSuite
  /** A lab of its own when there is no name. */
  readonly lab?: string | undefined
}): Promise<Target> {
  process.env['HOWDAH_LAB_CACHE'] = await stockCache(suite)
  const size = { hosts: HOSTS, diskBytes: 4 * GIB, memoryBytes: 2 * GIB }
  const hosts = await openHosts({ ...size, suite, ...(lab && { name: lab }) })
  try {
    const { status } = await hosts.run('edge', ['curl', '--version'])
    if (status !== 0) throw new Refusal('the stock cluster is asked by curl: apt-get install curl')
    await deploy(hosts, stockMajors[suite])
    const target = new StockTarget(hosts, suite)
    await makeDatabase(hosts, await target.leader())
    await target.untilWhole()
    return target
  } catch (error) {
    await hosts[Symbol.asyncDispose]()
    throw error
  }
}

class StockTarget implements Target {
  readonly name: string
  readonly hosts: Hosts
  readonly endpoints: readonly Endpoint[]
  readonly serverPort = PORTS.postgres
  readonly dcsPorts = [PORTS.dcs, PORTS.dcsPeers] as const

  constructor(hosts: Hosts, suite: StockSuite) {
    this.name = `stock ${suite}`
    this.hosts = hosts
    const { user, password, database } = LOGIN
    const urls = (port: number) =>
      hosts.names.map(
        (host) => `postgresql://${user}:${password}@${host}:${port}/${database}`,
      ) as unknown as Endpoint['urls']
    this.endpoints = [
      { name: 'pooled', urls: urls(PORTS.pooled), isPrimary: true },
      { name: 'direct', urls: urls(PORTS.primary), isPrimary: true },
      { name: 'reader', urls: urls(PORTS.replicas), isPrimary: false },
    ]
  }

  async members(): Promise<Member[]> {
    for (const host of this.#hostsThatRun()) {
      const text = await this.#ask(`http://${host}:${PORTS.rest}/cluster`)
      if (text === undefined) continue
      const { members } = JSON.parse(text) as { members: PatroniMember[] }
      return members.map(({ name, role, state }) => ({
        host: name,
        isLeader: role === 'leader',
        isHealthy: role === 'leader' ? state === 'running' : state === 'streaming',
      }))
    }
    return []
  }

  leader(): Promise<string> {
    return until('a primary', async () => {
      const leader = (await this.members()).find((member) => member.isLeader && member.isHealthy)
      // The key is held before the promotion is through.
      if (!leader) return false
      const isReady = await this.#ask(`http://${leader.host}:${PORTS.rest}/primary`)
      return isReady === undefined ? false : leader.host
    })
  }

  async untilWhole(): Promise<void> {
    await until('a whole cluster', async () => {
      const members = await this.members()
      if (members.length < HOSTS || !members.every(({ isHealthy }) => isHealthy)) return false
      if (members.filter(({ isLeader }) => isLeader).length !== 1) return false
      const standbys = this.hosts.names.map((h) => `http://${h}:${PORTS.rest}/synchronous`)
      const health = this.hosts.names.map((h) => `http://${h}:${PORTS.dcs}/health`)
      const asked = (urls: string[]) => Promise.all(urls.map((url) => this.#ask(url)))
      const hasSync = (await asked(standbys)).some((answer) => answer !== undefined)
      return hasSync && (await asked(health)).every((answer) => answer !== undefined)
    })
  }

  async killPostmaster(host: string): Promise<void> {
    // A backend that is at work ends a moment later, and may acknowledge until then.
    const script = `postmaster=$(head -n 1 ${DATA}/postmaster.pid); children=$(pgrep -P "$postmaster")
      kill -KILL "$postmaster"
      for child in $children; do while kill -0 "$child" 2>/dev/null; do sleep 0.01; done; done`
    await sh(this.hosts, host, script)
  }

  async killBackend(host: string): Promise<void> {
    const one = `select pid from pg_stat_activity where usename = '${LOGIN.user}' limit 1`
    const psql = `psql -h /run/postgresql -U postgres -Atc "${one}"`
    await sh(this.hosts, host, `kill -KILL "$(${psql})"`)
  }

  async breakSettings(host: string): Promise<void> {
    await sh(this.hosts, host, `echo '${BAD_SETTING}' >>${DATA}/postgresql.auto.conf`)
  }

  async mendSettings(host: string): Promise<void> {
    // Patroni may have removed the whole folder meanwhile.
    const file = `${DATA}/postgresql.auto.conf`
    await sh(this.hosts, host, `[ ! -e ${file} ] || sed -i '/^${BAD_SETTING}$/d' ${file}`)
  }

  async signal(part: Part, host: string, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    await signalService(this.hosts, host, serviceOf[part], signal)
  }

  async hold(part: Part, host: string): Promise<void> {
    await holdService(this.hosts, host, serviceOf[part])
  }

  async release(part: Part, host: string): Promise<void> {
    await releaseService(this.hosts, host, serviceOf[part])
  }

  dcsLeader(): Promise<string> {
    return until('a leader of etcd', async () => {
      const states = await Promise.all(
        this.#hostsThatRun().map(async (host) => {
          const script = `ETCDCTL_API=3 etcdctl --endpoints=http://${host}:${PORTS.dcs} endpoint status -w json`
          const { stdout, status } = await this.hosts.run(host, ['sh', '-c', script])
          if (status !== 0) return undefined
          const [{ Status }] = JSON.parse(stdout) as [EtcdStatus]
          return Status.leader === Status.header.member_id ? host : undefined
        }),
      )
      return states.find((host) => host !== undefined)
    })
  }

  async switchover(): Promise<void> {
    const leader = await this.leader()
    const url = `http://${leader}:${PORTS.rest}/switchover`
    const answer = await this.#ask(url, JSON.stringify({ leader }))
    if (answer === undefined) throw new Error(`Patroni on ${leader} refused a switchover`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.hosts[Symbol.asyncDispose]()
  }

  #hostsThatRun(): string[] {
    return this.hosts.names.filter((host) => isUp(this.hosts.lab, host))
  }

  /** The body of an answer with status 200, from `edge`; undefined where there is another or none. With a body it is a POST. */
  async #ask(url: string, body?: string): Promise<string | undefined> {
    const post = body === undefined ? [] : ['--data-binary', body]
    const limit = ['--max-time', body === undefined ? '2' : '60']
    const curl = ['curl', '--silent', '--fail', '--noproxy', '*', ...limit, ...post, url]
    const { status, stdout } = await this.hosts.run('edge', curl)
    return status === 0 ? stdout : undefined
  }
}

/** JSON numbers of 64 bits: equal ones are rounded alike. */
interface EtcdStatus {
  readonly Status: { readonly header: { readonly member_id: number }; readonly leader: number }
}
