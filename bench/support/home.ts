import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
export const howdahJs = fileURLToPath(new URL('../../bin/howdah.js', import.meta.url))

/** A home of our own with a folder for compose files below `parent`, ended and removed with everything in it. */
export async function benchHome(parent = tmpdir()) {
  const root = await mkdtemp(join(parent, 'hb-'))
  await chmod(root, 0o755)
  const home = join(root, 'home')
  const env = { ...process.env, HOWDAH_HOME: home, NO_COLOR: '1' }
  const howdah = async (args: readonly string[], cwd = root): Promise<string> => {
    const { stdout } = await execute(process.execPath, [howdahJs, ...args], { cwd, env })
    return stdout
  }
  return {
    root,
    home,
    howdah,
    async project(name: string, services: number, major = 16): Promise<string> {
      const folder = join(root, name)
      await mkdir(folder)
      await writeFile(join(folder, 'compose.yaml'), composeText(name, services, major))
      return folder
    },
    async [Symbol.asyncDispose]() {
      await howdah(['daemon', 'stop', '--instances'])
      await rm(root, { recursive: true })
    },
  }
}

/** Bases and drills of our own would be measured too: six looks, a second apart, that find none: one begins soon after the other. */
export async function untilQuiet(
  howdah: (args: readonly string[]) => Promise<string>,
): Promise<void> {
  for (let quiet = 0; quiet < 6;) {
    const operations = JSON.parse(await howdah(['ops', 'ls', '--json'])) as { state: string }[]
    const isBusy = operations.some((o) => o.state === 'queued' || o.state === 'running')
    quiet = isBusy ? 0 : quiet + 1
    await delay(1000)
  }
  execFileSync('sync')
}

function composeText(name: string, services: number, major: number): string {
  const service = (i: number): string => `  db${i}:
    image: postgres:${major}
    x-howdah-postgres: { memory: 64mb }
    environment:
      POSTGRES_USER: app
      POSTGRES_DB: app
      POSTGRES_PASSWORD: bench
`
  return `name: ${name}\nservices:\n${Array.from({ length: services }, (_, i) => service(i)).join('')}`
}
