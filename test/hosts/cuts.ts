/** A broken connection: nothing gets from `from` to `to`, nor back unless it is one-way. */
export interface Cut {
  readonly from: readonly string[]
  /** Undefined: everything that is not in `from`. */
  readonly to?: readonly string[]
  readonly isOneWay?: boolean
  /** Only TCP with one of these ports at either end. */
  readonly ports?: readonly number[]
}

/** The rules that the switch drops packets by, as text for `nft -f`: they replace all that it had. */
export function ruleset(cuts: readonly Cut[]): string {
  const rules = { forward: new Set<string>(), input: new Set<string>(), output: new Set<string>() }
  for (const { from, to, isOneWay = false, ports } of cuts) {
    const [ours, theirs] = [portsOf(from), to ? portsOf(to) : `!= ${portsOf(from)}`]
    for (const match of filters(ports)) {
      rules.forward.add(`iifname ${ours} oifname ${theirs} ${match}drop`)
      if (!isOneWay) rules.forward.add(`iifname ${theirs} oifname ${ours} ${match}drop`)
      // The switch itself stands for the world outside.
      if (!to) rules.input.add(`iifname ${ours} ${match}drop`)
      if (!to && !isOneWay) rules.output.add(`oifname ${ours} ${match}drop`)
    }
  }
  const chains = Object.entries(rules).map(([hook, lines]) => {
    const body = [`type filter hook ${hook} priority 0; policy accept;`, ...lines]
    return `  chain ${hook} {\n${body.map((line) => `    ${line}\n`).join('')}  }\n`
  })
  // To delete it, it must exist.
  return `table bridge lab\ndelete table bridge lab\ntable bridge lab {\n${chains.join('')}}\n`
}

/** The cuts that are left after healing what lies between `host` and `other`: all of them, all of a host's, or those of a pair. */
export function healed(cuts: readonly Cut[], host?: string, other?: string): Cut[] {
  if (host === undefined) return []
  const touches = ({ from, to }: Cut, name: string): boolean =>
    from.includes(name) || (to?.includes(name) ?? false)
  return cuts.filter((cut) => !touches(cut, host) || (other !== undefined && !touches(cut, other)))
}

/** The switch's ports of these hosts: the cable, and both ends of a delay line when one is in between. */
const portsOf = (names: readonly string[]): string =>
  `{ ${names.flatMap((name) => [name, `${name}-a`, `${name}-b`]).join(', ')} }`

const filters = (ports: readonly number[] | undefined): string[] =>
  ports === undefined
    ? ['']
    : ['dport', 'sport'].map((side) => `tcp ${side} { ${ports.join(', ')} } `)
