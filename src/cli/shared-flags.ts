import type { Flag, FlagValues } from './command.ts'

/** Taken by every command. */
export const everywhereFlags = {
  context: {
    type: 'string',
    value: 'NAME',
    summary: 'The daemon to use, of those that `howdah context ls` lists (HOWDAH_CONTEXT)',
  },
  json: { type: 'boolean', summary: 'Print JSON on stdout, errors too' },
  help: { type: 'boolean', short: 'h', summary: 'Show this help' },
} as const satisfies Record<string, Flag>

/** Taken by every command that concerns a project, before or after its name, with the meaning they have in Compose. */
export const composeFlags = {
  file: {
    type: 'list',
    short: 'f',
    value: 'FILE',
    summary: 'Compose file; may be repeated (COMPOSE_FILE)',
  },
  projectName: {
    type: 'string',
    short: 'p',
    value: 'NAME',
    summary: 'Project name (COMPOSE_PROJECT_NAME)',
  },
  envFile: {
    type: 'list',
    value: 'FILE',
    summary: 'File with values for ${…} instead of .env; may be repeated (COMPOSE_ENV_FILES)',
  },
  profile: {
    type: 'list',
    value: 'NAME',
    summary: 'Profile to switch on; may be repeated (COMPOSE_PROFILES)',
  },
  projectDirectory: {
    type: 'string',
    value: 'DIR',
    summary: 'Folder that relative paths start from (that of the first compose file)',
  },
} as const satisfies Record<string, Flag>

export type ComposeOptions = FlagValues<typeof composeFlags>
