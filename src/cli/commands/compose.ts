import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { command } from '../command.ts'
import type { Context } from '../context.ts'
import { clientsWithoutSecrets, clientsWithSecrets } from '../docker/clients.ts'
import { runDockerCompose } from '../docker/docker-compose.ts'
import {
  defaultForwarderImage,
  defaultReach,
  overrideFor,
  type Reach,
  reaches,
} from '../docker/override.ts'
import { allConfig } from '../run/service-environment.ts'

interface Flags {
  readonly forwarderImage: string | undefined
  readonly via: Reach | undefined
}

export const compose = command({
  name: ['compose'],
  summary: 'write an override that lets Docker Compose use the managed databases',
  description:
    'In the override each managed service is a small HAProxy that forwards to its instance under the same name and port, ' +
    'healthy while Postgres accepts connections; applications find our CA at /run/howdah/ca.crt. It holds no secret: ' +
    'Docker Compose takes those from its own environment. With arguments, `docker compose` itself is run on the project ' +
    'with the override and the values of config, percent-encoded where they stand in a URL.',
  args: [{ name: 'arguments', kind: 'any', summary: 'For docker compose, after --' }],
  flags: {
    output: { type: 'string', short: 'o', value: 'FILE', summary: 'Write it there, not to stdout' },
    forwarderImage: {
      type: 'string',
      value: 'IMAGE',
      summary: `Image with haproxy and wget (${defaultForwarderImage})`,
    },
    via: {
      type: 'string',
      choices: reaches,
      summary:
        'How containers reach this machine: relay, a container in its network (Linux); gateway, host.docker.internal (Docker Desktop)',
    },
  },
  examples: [
    'howdah compose -- up -d',
    'howdah compose --output compose.howdah.yaml',
    'docker compose -f compose.yaml -f <(howdah compose) config',
  ],
  scope: 'compose',
  passThrough: true,
  async run(ctx, { args, flags }) {
    if (args.arguments.length > 0) return runWithSecrets(ctx, flags, args.arguments)
    const spec = await ctx.project()
    const text = await makeOverride(ctx, flags, clientsWithoutSecrets(spec))
    if (flags.output === undefined) {
      ctx.terminal.stdout.write(text)
      return 0
    }
    await writeOverride(resolve(ctx.directory, flags.output), text)
    ctx.terminal.note(`Wrote ${flags.output}.`)
    return 0
  },
})

/** Commands of docker compose that give containers their environment. */
const givesEnvironment = new Set(['up', 'create', 'run', 'watch'])

async function runWithSecrets(
  ctx: Context,
  flags: Flags,
  args: readonly string[],
): Promise<number> {
  const spec = await ctx.project()
  const config = await allConfig(await ctx.daemon(), spec.name)
  const { clients, missing } = clientsWithSecrets(spec, config)
  const verb = args.find((word) => !word.startsWith('-')) ?? ''
  if (missing.length > 0 && givesEnvironment.has(verb)) {
    throw new AppError('CONFIG_MISSING', `config is not set: ${missing.join(', ')}`, {
      details: { names: missing },
    })
  }
  return runDockerCompose({
    spec,
    override: await makeOverride(ctx, flags, clients),
    config,
    env: ctx.env,
    envFiles: ctx.compose.envFile.map((path) => resolve(ctx.directory, path)),
    profiles: ctx.compose.profile,
    directory: ctx.directory,
    args,
  })
}

async function makeOverride(
  ctx: Context,
  { forwarderImage = defaultForwarderImage, via = defaultReach(process.platform) }: Flags,
  clients: Parameters<typeof overrideFor>[2]['clients'],
): Promise<string> {
  const spec = await ctx.project()
  const daemon = await ctx.daemon()
  const instances = await daemon.api.listInstances({ project: spec.name })
  const away = instances.find(({ isElsewhere }) => isElsewhere)
  if (away) {
    const message = `“${away.service}” runs on the host “${away.host}”, where containers of this machine do not reach it`
    throw new AppError('NOT_SUPPORTED', message, { hint: 'Run it on that host.' })
  }
  return overrideFor(spec, instances, { clients, forwarderImage, reach: via })
}

async function writeOverride(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('USAGE', `cannot write the override: ${why}`, { cause })
  }
}
