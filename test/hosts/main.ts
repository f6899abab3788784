/** `npm run lab -- COMMAND`: hosts on this machine to try high availability with. docs/lab.md tells how. */
import { type Flags, readArguments } from './arguments.ts'
import { commands } from './commands.ts'
import { checkLabName } from './names.ts'
import { Refusal } from './refusal.ts'

const USAGE = `usage: npm run lab -- COMMAND [--name lab1]

  up N [--suite trixie|bookworm|forky|host] [--disk 4G] [--fs ext4|xfs] [--memory 4G] [--zone a,b,c] [--fresh]
  ls [--json]
  exec HOST|edge -- COMMAND      shell HOST|edge
  cut HOST [--from HOST] [--one-way] [--port 2379,2380]      heal [HOST [--from HOST]]
  slow HOST|edge [--ms 100] [--loss 5%] [--disk 10MB/s] [--iops 5] | --undo
  freeze HOST      thaw HOST
  kill HOST      boot HOST      reboot HOST
  fill HOST [--leave 10M] [--system] | --undo
  skew HOST +5m|-1h|0|off
  down [--all]

HOST may be h1,h2 or zone=a or all. Everything runs as root on Linux.
`

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function main(line: readonly string[]): Promise<number> {
  const { values, words, inner } = readArguments(line)
  const [name = '', ...rest] = words
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined || values.help) {
    process[values.help ? 'stdout' : 'stderr'].write(USAGE)
    return values.help ? 0 : 64
  }
  checkLabName(values.name satisfies Flags['name'])
  return (await command({ words: rest, inner, flags: values })) ?? 0
}
