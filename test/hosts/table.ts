import { describeBytes } from '../../src/core/describe-bytes.ts'
import type { Cut } from './cuts.ts'
import type { HostState, LabState } from './list.ts'

/** Labs as a person reads them. */
export function labTable(labs: readonly LabState[]): string {
  if (labs.length === 0) return 'no labs\n'
  return labs
    .map(({ name, suite, hosts, cuts }) => {
      const rows = [
        [`${name} (${suite})`, 'address', 'zone', 'state', 'disk free', ''],
        ...hosts.map(rowOf),
      ]
      return `${aligned(rows)}${cuts.map((cut) => `  cut: ${describe(cut)}\n`).join('')}`
    })
    .join('\n')
}

const rowOf = (host: HostState): string[] => [
  `  ${host.name}`,
  host.address,
  host.zone ?? '-',
  `${host.state}${host.isSlow ? ', slow' : ''}`,
  host.freeBytes === undefined ? '-' : describeBytes(host.freeBytes),
  host.cannot.length > 0 ? `(this machine cannot bound: ${host.cannot.join(', ')})` : '',
]

function describe({ from, to, isOneWay, ports }: Cut): string {
  const arrow = isOneWay ? 'to' : 'and'
  const what = ports ? `, TCP port ${ports.join(', ')}` : ''
  return `${from.join(', ')} ${arrow} ${to?.join(', ') ?? 'everything else'}${what}`
}

function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}
