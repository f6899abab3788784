import { z } from 'zod'
import { HostWanted } from '../../contract/host.ts'
import { parseJoinToken } from '../../core/host/join-token.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Dependencies, howdahProcedure } from '../dependencies.ts'
import { askInTurn } from '../host/ask-in-turn.ts'
import { expectEmpty } from '../host/expect-empty.ts'
import { lookAtMachine, portsOf, reachOf } from '../host/look-at-machine.ts'
import { moveIn, takePart } from '../host/take-part.ts'
import { orPutBack } from '../host/undo.ts'
import { type Admitted, joiningHostFile } from '../host/way-in.ts'
import type { Context } from '../procedure.ts'

/** What a join token is sealed for. */
export const JOIN_SECRET = 'hosts/join'

export const HostJoinInput = z.object({
  host: HostWanted,
  /** Sealed under `hosts/join`. */
  sealedToken: z.string(),
})

/** Makes this machine, which has no instances, a host of a cluster. */
export const hostJoin = howdahProcedure({
  kind: 'host-join',
  input: HostJoinInput,
  title: ({ host }) => `joining of the host ${host.name}`,
  subjects: ({ host }) => [`hosts/${host.name}`],
  async run({ host, sealedToken }, context, d) {
    const { step, id } = context
    // The cluster’s key takes the place of ours on the way: from then on the token cannot be opened here, and is not needed.
    const keyMark = (): string => d.secrets.fingerprint(JOIN_SECRET, id)
    const token = (): string => d.secrets.open(JOIN_SECRET, sealedToken)
    const { isMember, findings, mark } = await step('look at this machine', async (s) => {
      const file = await d.machine.file()
      if (!file) await expectEmpty(d)
      const invited = file ? undefined : parseJoinToken(token())
      const asked = invited
        ? { host, reach: reachOf(invited), ports: portsOf(d, invited) }
        : { host, reach: [] }
      return { ...(await lookAtMachine(d, asked, s)), mark: keyMark() }
    })
    const joining = { host, token, isKeyOurs: () => keyMark() === mark, mayVote: false }
    await orPutBack(
      context,
      d,
      async () => {
        if (!isMember) await prepare(context, d, joining)
        await moveIn(context, d)
      },
      () => withdraw(d, joining),
    )
    await takePart(context, d, host)
    return { host: host.name, findings }
  },
})

interface Joining {
  readonly host: HostWanted
  readonly token: () => string
  readonly isKeyOurs: () => boolean
  /** Whether it may have a vote in etcd by now. */
  mayVote: boolean
}

async function prepare({ step }: Context, d: Dependencies, joining: Joining): Promise<void> {
  const { host, token, isKeyOurs } = joining
  const { machine } = d
  await step('install what a host needs', (s) => machine.installPackages(s), {
    endsOnCancel: true,
  })
  const admitted = await step(
    'ask to be let in',
    async (s): Promise<Admitted> => {
      const { cluster, etcdHosts, hasEtcd } = await askInTurn(machine, token(), host, s)
      return { cluster, etcdHosts, hasEtcd }
    },
    { endsOnCancel: true },
  )
  const file = joiningHostFile(host, admitted, machine.ports().etcdMetrics)
  await step('take over the cluster’s authority and key', async (s) => {
    // Asked for a second time, so that no secret of the cluster is ever in an operation. Another key means that all was kept before.
    if (isKeyOurs()) await machine.keepBundle(await machine.askToJoin(token(), host, s))
    await machine.writeFile(file)
  })
  if (!file.etcd) return
  await step('make certificates and start etcd', (s) => machine.startEtcd(file, s))
  joining.mayVote = true
  await step('get a vote in etcd', (s) => machine.etcd(file).promote(host.address, s), {
    endsOnCancel: true,
  })
}

/**
 * Takes back what the cluster made for this machine; gives whether nothing of it counts there any more. A cluster that cannot be told keeps
 * it, and says so in its list of hosts. After a restart with its key nobody can be asked any more, but etcd can.
 */
async function withdraw(
  d: Dependencies,
  { host, token, isKeyOurs, mayVote }: Joining,
): Promise<boolean> {
  const signal = AbortSignal.timeout(WITHDRAW_MS)
  const file = await d.machine.file()
  const stays = (why: string): Promise<void> =>
    d.event({
      severity: 'warning',
      kind: 'host-not-withdrawn',
      subject: `hosts/${host.name}`,
      message: `the cluster may list “${host.name}” as joining still, until it joins or is removed there (\`howdah host rm ${host.name} --lost\`): ${why}`,
    })
  try {
    if (isKeyOurs()) await d.machine.withdraw(token(), host, { signal, report: () => {} })
    else {
      if (file) await d.machine.etcd(file).remove(host.address)
      await stays('the token was not at hand any more')
    }
    return true
  } catch (error) {
    await stays(AppError.from(error).message)
    // With two members both are needed: without this one’s data the cluster would have lost its majority for good.
    return !mayVote
  }
}

/** The operation’s own error must be told soon, also when the cluster does not answer. */
const WITHDRAW_MS = 10_000
