#!/usr/bin/env node
// Plain JavaScript that Node 12 can parse: an old Node must get as far as saying what is missing.
import { spawn } from 'child_process'
import { existsSync, readdirSync, readFileSync } from 'fs'
import module from 'module'
import { constants } from 'os'
import { dirname, join } from 'path'
import { fileURLToPath, pathToFileURL } from 'url'

const NEEDED_MAJOR = 24
const EX_CONFIG = 78
const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) start()
else startWithOwnNode()

function start() {
  if (module.enableCompileCache) module.enableCompileCache()
  const only = process.argv.length === 3 ? process.argv[2] : ''
  if (only === '--version' || only === '-V') {
    console.log(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version)
    return
  }
  hideSqliteWarning()
  // A checkout runs its sources as they stand; an installed package has only dist.
  const source = join(root, 'src', 'cli', 'main.ts')
  const main = existsSync(source) ? source : join(root, 'dist', 'cli', 'main.js')
  void import(pathToFileURL(main).href)
}

/** Early Node 24 calls node:sqlite experimental; we pin what we use of it. Every other warning is shown. */
function hideSqliteWarning() {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = function (warning, ...rest) {
    const isSqlite = String(warning).startsWith('SQLite is an experimental feature')
    if (!isSqlite) emitWarning(warning, ...rest)
  }
}

/** In a checkout `make tools` brings a Node of our own; anywhere else the user must. */
function startWithOwnNode() {
  const node = ownNode()
  if (!node || node === process.execPath) {
    console.error(
      `howdah needs Node ${NEEDED_MAJOR} or later; this is ${process.version} (${process.execPath}).\n` +
        'Get it from https://nodejs.org, with `brew install node@24`, `nvm install 24` or `npm install -g node@24`.',
    )
    process.exitCode = EX_CONFIG
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  })
  // The terminal sends SIGINT and SIGQUIT to the child as well; the others reach only us.
  for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`howdah could not run ${node}: ${error.message}`)
    process.exitCode = EX_CONFIG
  })
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code
  })
}

function ownNode() {
  const modules = join(root, '.tools', 'node_modules')
  if (!existsSync(modules)) return undefined
  return readdirSync(modules)
    .filter((name) => name.startsWith('node-'))
    .map((name) => join(modules, name, 'bin', 'node'))
    .find((path) => existsSync(path))
}
