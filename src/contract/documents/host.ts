import { z } from 'zod'
import { HostName, HostWanted, Zone } from '../host.ts'
import { Instant } from '../names.ts'

/** The ports that hosts use among themselves; the same on all hosts of a cluster. */
export const ClusterPorts = z.object({
  api: z.int(),
  etcdClient: z.int(),
  etcdPeer: z.int(),
  /** Plain HTTP on the machine alone. */
  etcdMetrics: z.int(),
})
export type ClusterPorts = z.output<typeof ClusterPorts>

/** One, by the name `cluster`. */
export const ClusterDocument = z.object({
  format: z.literal(1),
  /** Random; etcd members of another cluster do not mix with these. */
  id: z.string(),
  createdAt: Instant,
  ports: ClusterPorts,
})
export type ClusterDocument = z.output<typeof ClusterDocument>

/** A host as the cluster remembers it, by its name. */
export const HostDocument = z.object({
  format: z.literal(1),
  name: HostName,
  address: z.string(),
  zone: Zone.optional(),
  phase: z.enum(['joining', 'live', 'leaving']),
  joinedAt: Instant,
  /** Whether it has a member of etcd. */
  hasEtcd: z.boolean(),
})
export type HostDocument = z.output<typeof HostDocument>

/** What a host’s daemon says of itself, under a lease: without it the host is down, or cut off. */
export const HostStatusDocument = z.object({
  format: z.literal(1),
  version: z.string(),
  startedAt: Instant,
  seenAt: Instant,
  system: z.string(),
  cpus: z.number(),
  memoryBytes: z.int(),
  diskFreeBytes: z.int(),
})
export type HostStatusDocument = z.output<typeof HostStatusDocument>

/**
 * `host.json` of a home: that this machine is a host, and how far it is on its way. A home without it keeps its state in SQLite.
 * `preparing`: etcd is made ready, the state is in SQLite still. `moving`: the next opening of the store copies it to etcd.
 * `member`: the state is in etcd. `leaving`: the next opening copies it back, when this is the last host, or begins an empty one.
 * `left`: all of that is done but for its own key and authority, which are put back without asking etcd.
 */
export const HostFile = z.object({
  format: z.literal(1),
  state: z.enum(['preparing', 'moving', 'member', 'leaving', 'left']),
  host: HostWanted,
  cluster: z.string(),
  ports: ClusterPorts,
  /** `first`: its own documents become the cluster’s. `joiner`: only its operations, locks and events are added. */
  came: z.enum(['first', 'joiner']),
  /** Its own member of etcd, when it has one: how it is to start when it has no data yet. */
  etcd: z
    .object({
      state: z.enum(['new', 'existing']),
      members: z.array(z.object({ name: HostName, address: z.string() })),
    })
    .optional(),
  /** Addresses of hosts with a member of etcd, as last known: where the store is. */
  etcdHosts: z.array(z.string()),
  /** With `leaving`: whether this was the last host. */
  isLast: z.boolean().optional(),
})
export type HostFile = z.output<typeof HostFile>

/** What makes a machine one of a cluster. All of it is secret. */
export const JoinBundle = z.object({
  cluster: ClusterDocument,
  caCertPem: z.string(),
  caKeyPem: z.string(),
  /** The key that config and passwords are sealed under, as its file holds it, in base64. */
  configKey: z.string(),
  /** Every host with a member of etcd. */
  etcdHosts: z.array(z.object({ name: HostName, address: z.string() })),
  /** Whether the one that joins gets a member too. */
  hasEtcd: z.boolean(),
})
export type JoinBundle = z.output<typeof JoinBundle>
