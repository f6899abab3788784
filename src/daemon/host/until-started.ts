import { setTimeout as delay } from 'node:timers/promises'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { EtcdClient } from '../../system/etcd/etcd-client.ts'
import { readText } from '../../system/files.ts'
import { isAlive, type ProcessIdentity } from '../../system/processes.ts'
import { hasMajority, memberHealth } from '../../system/tools/etcd-members.ts'

const LOOK_MS = 50
const LOG_LINES = 15

export interface Started {
  readonly process: ProcessIdentity
  readonly endpoint: string
  readonly logFile: string
  /** One that begins a cluster must also lead it; one that is added has no vote yet. */
  readonly leads: boolean
}

/** Waits until a member of etcd answers. Throws SERVER_START_FAILED with the end of its log when it ends instead. */
export async function untilStarted(
  client: EtcdClient,
  { process, endpoint, logFile, leads }: Started,
  { signal }: Watch,
): Promise<void> {
  while (!(await answers(client, endpoint, leads))) {
    if (!isAlive(process)) {
      const log = ((await readText(logFile)) ?? '').trimEnd().split('\n').slice(-LOG_LINES)
      throw new AppError('SERVER_START_FAILED', 'the member of etcd ended as it started', {
        details: { log: log.join('\n'), logFile },
      })
    }
    await delay(LOOK_MS, undefined, { signal })
  }
}

async function answers(client: EtcdClient, endpoint: string, leads: boolean): Promise<boolean> {
  if (leads) return hasMajority(client, endpoint)
  try {
    await memberHealth(client, endpoint)
    return true
  } catch {
    return false // that is the question
  }
}
