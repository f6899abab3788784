import type { CommandEntry } from './program.ts'

/** Each command's file is loaded only when it runs. */
export const registry: Readonly<Record<string, CommandEntry>> = {
  up: {
    summary: 'make the project’s databases as the compose file says',
    load: async () => (await import('./commands/up.ts')).up,
  },
  plan: {
    summary: 'show what up would do',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  down: {
    summary: 'remove the project’s databases, after a final snapshot where one is wanted',
    load: async () => (await import('./commands/down.ts')).down,
  },
  ps: {
    summary: 'list instances and their state',
    load: async () => (await import('./commands/ps.ts')).ps,
  },
  url: {
    summary: 'show how to connect to an instance',
    load: async () => (await import('./commands/url.ts')).url,
  },
  psql: {
    summary: 'open a SQL prompt, or run statements',
    load: async () => (await import('./commands/psql.ts')).psql,
  },
  run: {
    summary: 'run a command with a service’s resolved environment',
    load: async () => (await import('./commands/run.ts')).run,
  },
  env: {
    summary: 'show a service’s resolved environment',
    load: async () => (await import('./commands/env.ts')).env,
  },
  compose: {
    summary: 'write an override that lets Docker Compose use the managed databases',
    load: async () => (await import('./commands/compose.ts')).compose,
  },
  logs: {
    summary: 'show an instance’s server log',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  start: {
    summary: 'start stopped instances',
    load: async () => (await import('./commands/start.ts')).start,
  },
  stop: {
    summary: 'stop instances; their data stays',
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  restart: {
    summary: 'restart instances',
    load: async () => (await import('./commands/restart.ts')).restart,
  },
  'config set': {
    summary: 'store secrets, encrypted',
    aliases: ['config create', 'config add', 'config put'],
    load: async () => (await import('./commands/config/set.ts')).configSet,
  },
  'config ls': {
    summary: 'list the names that are set',
    aliases: ['config list'],
    load: async () => (await import('./commands/config/ls.ts')).configLs,
  },
  'config rm': {
    summary: 'forget secrets',
    aliases: ['config remove', 'config delete', 'config del'],
    load: async () => (await import('./commands/config/rm.ts')).configRm,
  },
  'config get': {
    summary: 'show a secret in clear',
    load: async () => (await import('./commands/config/get.ts')).configGet,
  },
  'snapshot create': {
    summary: 'take a snapshot of a running instance',
    load: async () => (await import('./commands/snapshot/create.ts')).snapshotCreate,
  },
  'snapshot ls': {
    summary: 'list snapshots',
    aliases: ['snapshot list'],
    load: async () => (await import('./commands/snapshot/ls.ts')).snapshotLs,
  },
  'snapshot rm': {
    summary: 'delete a snapshot for good',
    aliases: ['snapshot remove', 'snapshot delete'],
    load: async () => (await import('./commands/snapshot/rm.ts')).snapshotRm,
  },
  'snapshot restore': {
    summary: 'make a new instance from a snapshot',
    load: async () => (await import('./commands/snapshot/restore.ts')).snapshotRestore,
  },
  'ops ls': {
    summary: 'list operations, the newest first',
    aliases: ['ops list'],
    load: async () => (await import('./commands/ops/ls.ts')).opsLs,
  },
  'ops show': {
    summary: 'show an operation with its steps',
    load: async () => (await import('./commands/ops/show.ts')).opsShow,
  },
  'ops tail': {
    summary: 'follow an operation to its end',
    load: async () => (await import('./commands/ops/tail.ts')).opsTail,
  },
  'ops cancel': {
    summary: 'end an operation at its next safe point',
    load: async () => (await import('./commands/ops/cancel.ts')).opsCancel,
  },
  events: {
    summary: 'show what happened',
    load: async () => (await import('./commands/events.ts')).events,
  },
  'engine ls': {
    summary: 'list the Postgres versions that can run here',
    aliases: ['engine list'],
    load: async () => (await import('./commands/engine/ls.ts')).engineLs,
  },
  'engine install': {
    summary: 'fetch a Postgres version',
    load: async () => (await import('./commands/engine/install.ts')).engineInstall,
  },
  doctor: {
    summary: 'find what is wrong here and say how to mend it',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  'daemon run': {
    summary: 'run the daemon in the foreground',
    load: async () => (await import('./commands/daemon/run.ts')).daemonRun,
  },
  'daemon start': {
    summary: 'start the daemon in the background',
    load: async () => (await import('./commands/daemon/start.ts')).daemonStart,
  },
  'daemon stop': {
    summary: 'end the daemon; instances run on',
    load: async () => (await import('./commands/daemon/stop.ts')).daemonStop,
  },
  'daemon status': {
    summary: 'show whether the daemon runs',
    load: async () => (await import('./commands/daemon/status.ts')).daemonStatus,
  },
  'daemon install': {
    summary: 'have the system start the daemon, with systemd or launchd',
    load: async () => (await import('./commands/daemon/install.ts')).daemonInstall,
  },
  completion: {
    summary: 'print the completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
}
