import type { hostApi } from '../../contract/api/hosts.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import type { Host } from '../../contract/host.ts'
import { AppError } from '../../errors/app-error.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { admitHost, withdrawHost } from '../../operations/host/admit.ts'
import { checkHost } from '../../operations/host/check.ts'
import { hostFileOf } from '../../operations/host/host-file-of.ts'
import { refuseInUse, thingsOn } from '../../operations/host/in-use.ts'
import { expectSame } from '../../operations/host/look-at-machine.ts'
import { hostNamed } from '../../operations/host/take-part.ts'
import { hostInit } from '../../operations/procedures/host-init.ts'
import { hostJoin, JOIN_SECRET } from '../../operations/procedures/host-join.ts'
import { hostRemove } from '../../operations/procedures/host-remove.ts'
import { createJoinToken } from '../hosts/join-tokens.ts'
import type { Services } from '../services.ts'
import { hostViews } from '../views/host-view.ts'
import { operationView } from '../views/operation-view.ts'

export function hostHandlers(s: Services): Handlers<typeof hostApi> {
  return {
    listHosts: () => hostViews(s),
    async getHost({ name }) {
      const { servers, lineages } = await thingsOn(s, name)
      return { ...(await viewOf(s, name)), servers, lineages }
    },
    checkHost: ({ token, ...host }) => checkHost(s, host, token),
    async initHosts(host) {
      await refuseHost(s, host.name)
      return operationView(await enqueue(s, hostInit, host))
    },
    async joinHosts({ token, ...host }) {
      await refuseHost(s, host.name)
      // Says what is wrong with a token now, and not in an operation.
      const { findings } = await checkHost(s, host, token)
      const own = findings.find((f) => f.about === 'state' && f.verdict === 'refused')
      if (own) throw new AppError('HOST_NOT_EMPTY', own.sentence)
      const sealedToken = s.secrets.seal(JOIN_SECRET, token)
      return operationView(await enqueue(s, hostJoin, { host, sealedToken }))
    },
    createJoinToken: ({ expiresAfterMs }, caller) =>
      createJoinToken(s, expiresAfterMs, caller.name),
    async labelHost({ name, zone }) {
      const { value, revision } = await hostNamed(s, name)
      const { zone: _, ...rest } = value
      const labelled = zone === null ? rest : { ...rest, zone }
      await s.store.write([s.documents.hosts.put([name], labelled, revision)])
      return viewOf(s, name)
    },
    async removeHost({ name, isLost }) {
      const host = await viewOf(s, name)
      if (isLost) await expectLost(s, host)
      else await expectRemovable(s, host)
      // The host itself leaves; what is left of a lost one is this one’s to remove.
      const worker = isLost ? s : { ...s, host: name }
      return operationView(await enqueue(worker, hostRemove, { name, isLost }))
    },
    admitHost: (wanted) => admitHost(s, wanted),
    withdrawHost: async (wanted) => ({ withdrawn: await withdrawHost(s, wanted) }),
  }
}

async function viewOf(s: Services, name: string): Promise<Host> {
  await hostFileOf(s)
  const found = (await hostViews(s)).find((host) => host.name === name)
  if (found) return found
  throw new AppError('HOST_NOT_FOUND', `there is no host “${name}”`)
}

/** ALREADY_A_HOST for one that takes part. What became of a try that was broken off may be tried again, under the same name. */
async function refuseHost(s: Services, name: string): Promise<void> {
  const file = await s.machine.file()
  if (!file) return
  expectSame(file, name)
  const found = await s.documents.hosts.get(name)
  if (found && found.value.phase !== 'joining') {
    throw new AppError('ALREADY_A_HOST', `this machine is the host “${name}” already`)
  }
}

async function expectLost(s: Services, { name, isUp }: Host): Promise<void> {
  if (name === s.host) {
    throw new AppError('CHANGE_REFUSED', `“${name}” is the host that you ask: it is not lost`)
  }
  if (!isUp) return
  throw new AppError('CHANGE_REFUSED', `the host “${name}” is up: it is not lost`, {
    hint: `Remove it in order with \`howdah host rm ${name}\`; or end it first, when it must not come back.`,
  })
}

async function expectRemovable(s: Services, { name, isUp }: Host): Promise<void> {
  if (!isUp && name !== s.host) {
    throw new AppError('HOST_DOWN', `the host “${name}” is down, and it has to leave by itself`)
  }
  const isLast = (await s.documents.hosts.list()).length === 1
  if (!isLast) await refuseInUse(s, name, '')
}
