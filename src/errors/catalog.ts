import { accessCatalog } from './access-catalog.ts'
import { backupCatalog } from './backup-catalog.ts'
import { hostCatalog } from './host-catalog.ts'
import { storeCatalog } from './store-catalog.ts'

/**
 * Every failure a user can see, in one table. A code is a contract: scripts, tests and docs match on it, so it is
 * never renamed, and nothing ever matches on message text.
 *
 * `exit` follows sysexits where one fits, `status` is HTTP, and `retry` says who may try again: `never` (the same input
 * fails again), `step` (the operation engine repeats the step by itself), `later` (a person or script, unchanged).
 */
export const catalog = {
  ...accessCatalog,
  ...backupCatalog,
  ...hostCatalog,
  ...storeCatalog,
  USAGE: {
    exit: 64,
    status: 400,
    retry: 'never',
    hint: 'Run the command with --help to see its arguments and an example.',
  },
  COMPOSE_INVALID: {
    exit: 65,
    status: 422,
    retry: 'never',
    hint: 'Mend the lines named above, then run `howdah plan` to check.',
  },
  COMPOSE_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'Run in the folder of your compose.yaml, or name it with --file.',
  },
  CONFIG_MISSING: {
    exit: 78,
    status: 422,
    retry: 'later',
    hint: 'Set each with `howdah config set NAME`, or let us choose one with `howdah config set --random NAME`.',
  },
  CONFIG_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List the names that are set with `howdah config ls`.',
  },
  CONFIG_KEY_UNREADABLE: {
    exit: 78,
    status: 500,
    retry: 'never',
    hint: 'Bring back the key file from your own backup; without it the values must be set again with `howdah config set`.',
  },
  PROJECT_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List what exists with `howdah ps --all`.',
  },
  INSTANCE_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List the instances with `howdah ps`; `howdah up` makes those that compose names.',
  },
  INSTANCE_AMBIGUOUS: {
    exit: 64,
    status: 400,
    retry: 'never',
    hint: 'Name the service, for example `howdah url SERVICE`.',
  },
  INSTANCE_NOT_RUNNING: {
    exit: 75,
    status: 409,
    retry: 'later',
    hint: 'See its state with `howdah ps` and start it with `howdah start SERVICE`.',
  },
  SERVICE_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'The services are those of your compose file; profiles may hide some (see --profile).',
  },
  CHANGE_REFUSED: {
    exit: 65,
    status: 422,
    retry: 'never',
    hint: 'Nothing was changed. Undo that part of the compose file, or make a new service beside the old one.',
  },
  CONFIRMATION_REQUIRED: {
    exit: 64,
    status: 400,
    retry: 'never',
    hint: 'Type the name when asked, or say --yes where nobody can answer.',
  },
  ENGINE_UNAVAILABLE: {
    exit: 69,
    status: 422,
    retry: 'never',
    hint: 'See what can run here with `howdah engine ls`.',
  },
  ENGINE_DOWNLOAD_FAILED: {
    exit: 69,
    status: 502,
    retry: 'later',
    hint: 'Check the network and the npm settings, then run the same command again; nothing half-installed is kept.',
  },
  ENGINE_BROKEN: {
    exit: 69,
    status: 500,
    retry: 'never',
    hint: 'Install it again with `howdah engine install VERSION --force`.',
  },
  EXTENSION_UNAVAILABLE: {
    exit: 69,
    status: 422,
    retry: 'never',
    hint: 'Install what brings it, or go on without it: --allow-missing-extensions.',
  },
  SETTING_INVALID: {
    exit: 65,
    status: 422,
    retry: 'never',
    hint: 'Correct or remove the setting in the compose file.',
  },
  INIT_SCRIPT_FAILED: {
    exit: 65,
    status: 422,
    retry: 'never',
    hint: 'The instance was not created. Mend the script and run `howdah up` again.',
  },
  SOURCE_CHANGED: {
    exit: 75,
    status: 409,
    retry: 'step',
    hint: 'Start it with `howdah start`, then run the command again.',
  },
  PORT_IN_USE: {
    exit: 69,
    status: 409,
    retry: 'later',
    hint: 'Stop what listens there, or choose another port with PGPORT in the service’s environment.',
  },
  DISK_FULL: {
    exit: 74,
    status: 507,
    retry: 'later',
    hint: 'Free space on the file system named above, then run the same command again.',
  },
  HOME_UNUSABLE: {
    exit: 73,
    status: 500,
    retry: 'never',
    hint: 'Set HOWDAH_HOME to a folder that you can write and that has room, or mend this one’s owner and mode.',
  },
  ACCOUNT_UNAVAILABLE: {
    exit: 77,
    status: 500,
    retry: 'never',
    hint: 'As root, servers run under an account of their own: create it with `useradd --system howdah`, or run as an ordinary user.',
  },
  DATA_DIRECTORY_FOREIGN: {
    exit: 65,
    status: 409,
    retry: 'never',
    hint: 'The directory was left as it is. Use the version that made it, or move it away.',
  },
  DATA_DIRECTORY_MISSING: {
    exit: 74,
    status: 500,
    retry: 'later',
    hint: 'Nothing was made in its place. Bring the folder back (is a disk not mounted?), or restore a snapshot: `howdah snapshot ls`.',
  },
  SERVER_START_FAILED: {
    exit: 69,
    status: 500,
    retry: 'later',
    hint: 'The server’s own words are above; `howdah logs SERVICE` has more.',
  },
  PATRONI_UNREACHABLE: {
    exit: 69,
    status: 503,
    retry: 'later',
    hint: 'See which hosts are up with `howdah host ls`, and what the member’s log says with `howdah logs`.',
  },
  PATRONI_REFUSED: {
    exit: 69,
    status: 409,
    retry: 'later',
    hint: 'Its reason is in the message; look at the members with `howdah ps` and try again when it has passed.',
  },
  SQL_FAILED: {
    exit: 65,
    status: 422,
    retry: 'never',
    hint: 'The server refused the statement; correct it by the server’s words above.',
  },
  STORE_CORRUPT: {
    exit: 74,
    status: 500,
    retry: 'never',
    hint: 'Your databases are not touched. Put back a copy from the folder `state-backups` beside it: docs/files-on-disk.md says how.',
  },
  STORE_TOO_NEW: {
    exit: 78,
    status: 500,
    retry: 'never',
    hint: 'A newer Howdah wrote this state. Install that version or a later one.',
  },
  PLAN_OUTDATED: {
    exit: 75,
    status: 409,
    retry: 'later',
    hint: 'Nothing was touched. Run `howdah up` again: it plans anew.',
  },
  STORE_CONFLICT: {
    exit: 75,
    status: 409,
    retry: 'step',
    hint: 'Something else changed it at the same moment; run the command again.',
  },
  INSTANCE_EXISTS: {
    exit: 73,
    status: 409,
    retry: 'never',
    hint: 'Choose another name, or remove the instance first with `howdah down SERVICE`.',
  },
  OPERATION_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List the operations with `howdah ops ls`.',
  },
  OPERATION_CONFLICT: {
    exit: 75,
    status: 409,
    retry: 'later',
    hint: 'Follow the other operation with `howdah ops tail ID`, then try again.',
  },
  OPERATION_CANCELLED: {
    exit: 130,
    status: 409,
    retry: 'never',
    hint: 'What was done so far is shown by `howdah ops show ID`; run the command again to finish it.',
  },
  DEADLINE_EXCEEDED: {
    exit: 75,
    status: 504,
    retry: 'later',
    hint: 'See what it waited for with `howdah ops show ID` and `howdah doctor`.',
  },
  DAEMON_UNREACHABLE: {
    exit: 69,
    status: 503,
    retry: 'later',
    hint: 'Start it with `howdah daemon start`; `howdah doctor` says what is in the way.',
  },
  DAEMON_ALREADY_RUNNING: {
    exit: 73,
    status: 409,
    retry: 'never',
    hint: 'One daemon serves one HOWDAH_HOME. Stop the other with `howdah daemon stop`.',
  },
  COMMAND_NOT_FOUND: {
    exit: 127,
    status: 404,
    retry: 'never',
    hint: 'Check the command’s name and your PATH.',
  },
  NOT_SUPPORTED: {
    exit: 69,
    status: 501,
    retry: 'never',
    hint: 'This machine or engine cannot do it; use what the message names instead.',
  },
  INTERRUPTED: {
    exit: 130,
    status: 499,
    retry: 'later',
    hint: 'The work goes on in the daemon; follow it with `howdah ops tail`.',
  },
  INTERNAL: {
    exit: 70,
    status: 500,
    retry: 'never',
    hint: 'This is a defect of Howdah. `howdah doctor` and the daemon’s log (`howdah daemon status`) help to report it.',
  },
} as const satisfies Record<string, Entry>

interface Entry {
  readonly exit: number
  readonly status: number
  readonly retry: 'never' | 'step' | 'later'
  readonly hint: string
}

export type ErrorCode = keyof typeof catalog
