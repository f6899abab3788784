import type { CommandEntry } from './program.ts'

/** The commands about the machines of a cluster. */
export const hostRegistry: Readonly<Record<string, CommandEntry>> = {
  'host init': {
    summary: 'make this machine the first host of a cluster',
    load: async () => (await import('./commands/host/init.ts')).hostInit,
  },
  'host token': {
    summary: 'make a token with which machines may join this cluster',
    load: async () => (await import('./commands/host/token.ts')).hostToken,
  },
  'host join': {
    summary: 'make this machine, which has no instances, a host of a cluster',
    load: async () => (await import('./commands/host/join.ts')).hostJoin,
  },
  'host check': {
    summary: 'look whether this machine can be a host, changing nothing',
    load: async () => (await import('./commands/host/check.ts')).hostCheck,
  },
  'host ls': {
    summary: 'list the hosts of the cluster',
    aliases: ['host list'],
    load: async () => (await import('./commands/host/ls.ts')).hostLs,
  },
  'host show': {
    summary: 'show a host and what is on it',
    load: async () => (await import('./commands/host/show.ts')).hostShow,
  },
  'host label': {
    summary: 'say in which zone a host is',
    load: async () => (await import('./commands/host/label.ts')).hostLabel,
  },
  'host rm': {
    summary: 'take a host out of the cluster',
    aliases: ['host remove', 'host delete'],
    load: async () => (await import('./commands/host/rm.ts')).hostRm,
  },
}
