import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createClient } from '../../client/client.ts'
import { api } from '../../contract/api.ts'
import { DEFAULT_API_PORT } from '../../contract/listening.ts'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { askSecret, askYesNo } from '../prompt.ts'
import { fingerprintOf, shownAuthority } from '../remote/authority.ts'
import { LOCAL, readContexts, writeContexts } from '../remote/contexts.ts'
import { httpsFetch } from '../remote/https-fetch.ts'

export const login = command({
  name: ['login'],
  summary: 'use the daemon of another machine from here',
  description: [
    'From then on every command goes there; `howdah context use local` comes back. `howdah listen` on that machine prints the line to type,',
    'with the fingerprint of its certificate authority; without one it is shown here and you are asked. The token is what',
    '`howdah token create` printed there: it is asked for, or read from a file, HOWDAH_TOKEN or stdin, and never an argument.',
  ].join('\n'),
  args: [{ name: 'url', kind: 'required', summary: 'https://HOST[:PORT]' }],
  flags: {
    name: { type: 'string', value: 'CONTEXT', summary: 'What to call it here (its host)' },
    fingerprint: {
      type: 'string',
      value: 'SHA256',
      summary: 'Of the authority to trust, in hexadecimal',
    },
    ca: { type: 'string', value: 'FILE', summary: 'The authority to trust, in PEM form' },
    tokenFile: { type: 'string', value: 'FILE', summary: 'Holds the token' },
  },
  examples: [
    'howdah login https://db.example:7432 --fingerprint sha256:6de56ae1…',
    'howdah login https://10.0.0.5 --ca ./ca.crt --token-file ./token --name production',
  ],
  scope: 'none',
  async run(ctx, { args, flags }) {
    const url = urlOf(args.url)
    const name = flags.name ?? url.hostname
    if (name === LOCAL)
      throw new AppError('USAGE', `“${LOCAL}” is this machine; choose another --name`)
    const ca =
      flags.ca === undefined
        ? await trusted(ctx, url, flags.fingerprint)
        : await readPem(ctx, flags.ca)
    const token = await readToken(ctx, flags.tokenFile)
    const context = { url: url.origin, ca, token }
    const there = createClient(api, { baseUrl: url.origin, fetch: httpsFetch(context) })
    const { version, home } = await there.getDaemon({})
    const { contexts } = await readContexts(ctx.env)
    await writeContexts(ctx.env, { current: name, contexts: { ...contexts, [name]: context } })
    if (ctx.json) ctx.terminal.json({ context: name, url: url.origin, version, home })
    else {
      ctx.terminal.print(
        `Logged in to ${url.origin} (howdah ${version}); commands go there now, as the context “${name}”`,
      )
    }
  },
})

function urlOf(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`)
  if (!url || url.protocol !== 'https:' || url.pathname !== '/') {
    throw new AppError(
      'USAGE',
      `“${text}” is no address of a daemon, such as https://db.example:${DEFAULT_API_PORT}`,
    )
  }
  url.port ||= String(DEFAULT_API_PORT)
  return url
}

/** What the daemon shows, when it has the fingerprint that was given, or that a person says yes to. */
async function trusted(ctx: Context, url: URL, wanted: string | undefined): Promise<string> {
  const ca = await shownAuthority(url)
  const fingerprint = fingerprintOf(ca)
  if (wanted !== undefined) {
    if (
      wanted
        .replace(/^sha256:/i, '')
        .replaceAll(':', '')
        .toLowerCase() === fingerprint
    )
      return ca
    throw new AppError(
      'DAEMON_UNTRUSTED',
      `${url.host} shows the authority ${fingerprint}, and not the one given`,
    )
  }
  ctx.terminal.note(
    `${url.host} shows a certificate authority with the fingerprint\n  sha256:${fingerprint}`,
  )
  const message = 'Does `howdah listen` there show the same?'
  if (await askYesNo(ctx, { message, flag: '--fingerprint', initial: false })) return ca
  throw new AppError('DAEMON_UNTRUSTED', 'its authority was not confirmed; nothing was done')
}

async function readPem(ctx: Context, file: string): Promise<string> {
  const pem = await readGiven(ctx, file, '--ca')
  fingerprintOf(pem)
  return pem
}

async function readGiven(ctx: Context, file: string, flag: string): Promise<string> {
  const path = resolve(ctx.directory, file)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'it is not there' : (code ?? String(cause))
    throw new AppError('USAGE', `the file of ${flag}, ${path}, cannot be read: ${reason}`, {
      cause,
      hint: `Name another one with ${flag}.`,
    })
  }
}

async function readToken(ctx: Context, file: string | undefined): Promise<string> {
  if (file !== undefined) return (await readGiven(ctx, file, '--token-file')).trim()
  const given = ctx.env['HOWDAH_TOKEN']
  if (given) return given
  if (ctx.interactive)
    return (await askSecret(ctx, { message: 'Token', flag: '--token-file' })).trim()
  let text = ''
  for await (const part of ctx.stdin) text += part.toString()
  if (text.trim()) return text.trim()
  throw new AppError('USAGE', 'no token was given', {
    hint: 'Give it with --token-file, in HOWDAH_TOKEN, or on stdin.',
  })
}
