import { accessRegistry } from './access-registry.ts'
import { hostRegistry } from './host-registry.ts'
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
  suspend: {
    summary: 'stop instances until their next client connects',
    load: async () => (await import('./commands/suspend.ts')).suspend,
  },
  resume: {
    summary: 'start suspended instances',
    load: async () => (await import('./commands/resume.ts')).resume,
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
  restore: {
    summary: 'bring a moment of an instance back, beside it or in its place',
    load: async () => (await import('./commands/restore.ts')).restore,
  },
  swap: {
    summary: 'let another instance’s data take an instance’s place, and keep what was there',
    load: async () => (await import('./commands/swap.ts')).swap,
  },
  'branch create': {
    summary: 'make an instance that begins as a copy of another',
    load: async () => (await import('./commands/branch/create.ts')).branchCreate,
  },
  'branch ls': {
    summary: 'list branches',
    aliases: ['branch list'],
    load: async () => (await import('./commands/branch/ls.ts')).branchLs,
  },
  'branch reset': {
    summary: 'make a branch anew from what its parent is now',
    load: async () => (await import('./commands/branch/reset.ts')).branchReset,
  },
  'branch rm': {
    summary: 'remove branches',
    aliases: ['branch remove', 'branch delete'],
    load: async () => (await import('./commands/branch/rm.ts')).branchRm,
  },
  'branch rename': {
    summary: 'give a branch another name',
    load: async () => (await import('./commands/branch/rename.ts')).branchRename,
  },
  'branch keep': {
    summary: 'keep a branch that would expire',
    load: async () => (await import('./commands/branch/keep.ts')).branchKeep,
  },
  'branch diff': {
    summary: 'show how a branch’s schema differs from its parent’s',
    load: async () => (await import('./commands/branch/diff.ts')).branchDiff,
  },
  'branch promote': {
    summary: 'let a branch take its parent’s place',
    load: async () => (await import('./commands/branch/promote.ts')).branchPromote,
  },
  undelete: {
    summary: 'bring a removed instance back',
    load: async () => (await import('./commands/undelete.ts')).undelete,
  },
  export: {
    summary: 'take your data with you: a plain copy that stock Postgres starts, or a dump',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  'backup create': {
    summary: 'take a base backup of an instance now',
    load: async () => (await import('./commands/backup/create.ts')).backupCreate,
  },
  'backup ls': {
    summary: 'list backups, and which moments can be restored',
    aliases: ['backup list'],
    load: async () => (await import('./commands/backup/ls.ts')).backupLs,
  },
  'backup show': {
    summary: 'show one backup',
    load: async () => (await import('./commands/backup/show.ts')).backupShow,
  },
  'backup rm': {
    summary: 'delete a backup for good',
    aliases: ['backup remove', 'backup delete'],
    load: async () => (await import('./commands/backup/rm.ts')).backupRm,
  },
  'backup verify': {
    summary: 'read backups and the WAL after them, and compare with what was written',
    load: async () => (await import('./commands/backup/verify.ts')).backupVerify,
  },
  prune: {
    summary: 'remove the backups that the policy keeps no longer, now',
    load: async () => (await import('./commands/prune.ts')).prune,
  },
  'drill run': {
    summary: 'prove now that a restore works',
    load: async () => (await import('./commands/drill/run.ts')).drillRun,
  },
  'drill ls': {
    summary: 'list restore drills, the newest first',
    aliases: ['drill list'],
    load: async () => (await import('./commands/drill/ls.ts')).drillLs,
  },
  'drill show': {
    summary: 'show what a restore drill did, measured and found',
    load: async () => (await import('./commands/drill/show.ts')).drillShow,
  },
  'lineage ls': {
    summary: 'list backup histories, also of instances that are gone',
    aliases: ['lineage list'],
    load: async () => (await import('./commands/lineage/ls.ts')).lineageLs,
  },
  'lineage show': {
    summary: 'show one backup history',
    load: async () => (await import('./commands/lineage/show.ts')).lineageShow,
  },
  'lineage rm': {
    summary: 'delete the backup history of an instance that is gone',
    aliases: ['lineage remove', 'lineage delete'],
    load: async () => (await import('./commands/lineage/rm.ts')).lineageRm,
  },
  'lineage import': {
    summary: 'take over backup histories of another machine',
    load: async () => (await import('./commands/lineage/import.ts')).lineageImport,
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
  'repository add': {
    summary: 'make a place for backups known',
    load: async () => (await import('./commands/repository/add.ts')).repositoryAdd,
  },
  'repository ls': {
    summary: 'list the places for backups',
    aliases: ['repository list'],
    load: async () => (await import('./commands/repository/ls.ts')).repositoryLs,
  },
  'repository check': {
    summary: 'write, read and remove a file in a place for backups',
    load: async () => (await import('./commands/repository/check.ts')).repositoryCheck,
  },
  'repository rm': {
    summary: 'forget a place for backups',
    aliases: ['repository remove', 'repository delete'],
    load: async () => (await import('./commands/repository/rm.ts')).repositoryRm,
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
  ...accessRegistry,
  ...hostRegistry,
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
