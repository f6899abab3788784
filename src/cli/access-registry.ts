import type { CommandEntry } from './program.ts'

/** The commands about who may use which daemon from where. */
export const accessRegistry: Readonly<Record<string, CommandEntry>> = {
  listen: {
    summary: 'serve the API to other machines, over HTTPS',
    load: async () => (await import('./commands/listen.ts')).listen,
  },
  login: {
    summary: 'use the daemon of another machine from here',
    load: async () => (await import('./commands/login.ts')).login,
  },
  'context ls': {
    summary: 'list the daemons that commands can go to',
    aliases: ['context list'],
    load: async () => (await import('./commands/context/ls.ts')).contextLs,
  },
  'context use': {
    summary: 'choose the daemon that commands go to',
    load: async () => (await import('./commands/context/use.ts')).contextUse,
  },
  'context rm': {
    summary: 'forget a daemon and the token for it',
    aliases: ['context remove', 'logout'],
    load: async () => (await import('./commands/context/rm.ts')).contextRm,
  },
  'token create': {
    summary: 'let somebody, or a program, call this daemon from elsewhere',
    load: async () => (await import('./commands/token/create.ts')).tokenCreate,
  },
  'token ls': {
    summary: 'list who may call this daemon from elsewhere',
    aliases: ['token list'],
    load: async () => (await import('./commands/token/ls.ts')).tokenLs,
  },
  'token rm': {
    summary: 'end a token at once',
    aliases: ['token remove', 'token delete'],
    load: async () => (await import('./commands/token/rm.ts')).tokenRm,
  },
  audit: {
    summary: 'show who changed what, or saw a secret',
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  proxy: {
    summary: 'bring an instance of another machine to a port of this one',
    load: async () => (await import('./commands/proxy.ts')).proxy,
  },
}
