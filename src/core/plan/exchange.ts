import type { BranchOf } from '../../contract/branch.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Access } from '../config/hba.ts'
import { ARCHIVING_FILE } from '../config/postgresql.ts'
import { certificateNames, enforcedSettings, memberFiles, placeOf } from './member-document.ts'

/** An instance with its only member. */
export interface Head {
  readonly instance: InstanceDocument
  readonly member: MemberDocument
}

export interface ExchangeInput {
  /** What has the name now. */
  readonly head: Head
  /** What takes the name. */
  readonly taker: Head
  /** The name that the head is kept under. */
  readonly keepAs: string
  /** The head's password, hashed for the name that it is kept under. */
  readonly keptFingerprint: string
  /** What the name is a branch of afterwards; none for one that is no branch. */
  readonly branch: BranchOf | undefined
  /** Accounts of the host that may enter over the socket. */
  readonly accounts: readonly string[]
  /** ISO 8601. */
  readonly now: string
}

/**
 * The documents after another instance's data took a name's place. With the name stay what clients and compose know it by:
 * address, password, settings, size, TLS, backups, sleep. With the data go its id, lineage, version, owner and place. The old
 * data is kept, stopped, at the address that the taker had. The new server is closed to all but us. Pure.
 */
export function exchange(input: ExchangeInput): { service: Head; kept: Head } {
  const { head, taker, accounts } = input
  const { id, createdAt, createdBy, engine, initdb, user, database, lineage } = taker.instance
  const { heldSince: _held, branch: _branch, lineage: _lineage, ...name } = head.instance
  const service: InstanceDocument = {
    ...name,
    id,
    createdAt,
    createdBy,
    engine,
    initdb,
    user,
    database,
    ...(lineage ? { lineage } : {}),
    ...(input.branch ? { branch: input.branch } : {}),
    phase: 'live',
    wanted: 'running',
  }
  const kept: InstanceDocument = {
    ...head.instance,
    service: input.keepAs,
    endpoint: taker.instance.endpoint,
    portWanted: taker.instance.portWanted,
    passwordFingerprint: input.keptFingerprint,
    phase: 'live',
    wanted: 'stopped',
    heldSince: input.now,
  }
  return {
    service: {
      instance: service,
      member: { ...retitled(taker.member, service, accounts, 'admin'), wanted: 'running' },
    },
    kept: {
      instance: kept,
      member: { ...retitled(head.member, kept, accounts, 'clients'), wanted: 'stopped' },
    },
  }
}

export interface RenameInput {
  readonly head: Head
  readonly to: string
  /** Its password, hashed for the new name. */
  readonly fingerprint: string
  readonly accounts: readonly string[]
}

/** The documents of an instance under another name. A running server takes what it can by a reload, the rest at its next start. Pure. */
export function renamed({ head, to, fingerprint, accounts }: RenameInput): Head {
  const instance = { ...head.instance, service: to, passwordFingerprint: fingerprint }
  const member = retitled(head.member, instance, accounts, 'clients')
  return { instance, member: { ...member, restartGeneration: head.member.restartGeneration } }
}

/** A member as the server of the instance that is now named so, and its data where they are. */
function retitled(
  member: MemberDocument,
  instance: InstanceDocument,
  accounts: readonly string[],
  open: Access['open'],
): MemberDocument {
  const place = placeOf(member)
  // Where its WAL goes belongs to the data, and the agent may have changed how.
  const archiving = member.files[ARCHIVING_FILE]
  return {
    ...member,
    service: instance.service,
    instanceId: instance.id,
    endpoint: instance.endpoint,
    files: {
      ...memberFiles(instance, place, accounts, open, {}),
      ...(archiving === undefined ? {} : { [ARCHIVING_FILE]: archiving }),
    },
    enforced: enforcedSettings(instance, place),
    certificate: certificateNames(instance),
    configGeneration: member.configGeneration + 1,
    restartGeneration: member.restartGeneration + 1,
  }
}
