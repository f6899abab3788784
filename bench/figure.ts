/** One measured number beside what it is compared with. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The raw tool or peer, measured in the same run; undefined where there is none. */
  readonly baseline?: number
  readonly ratio?: number
  /** What the ratio (or, without a baseline, the value) should be at most. */
  readonly goal?: number
  /** What the ratio should be at least, where more is better. */
  readonly atLeast?: number
  readonly runs: number
  /** Half the distance between the quartiles, in the figure's unit. */
  readonly spread: number
}

export interface Bench {
  readonly summary: string
  run(say: (line: string) => void): Promise<Figure[]>
}

/** The median of several runs, beside the median of the baseline's runs. */
export function figure(
  name: string,
  unit: string,
  values: readonly number[],
  compared: { baseline?: readonly number[]; goal?: number; atLeast?: number } = {},
): Figure {
  const value = quantile(values, 0.5)
  const baseline = compared.baseline && quantile(compared.baseline, 0.5)
  return {
    name,
    value: round(value),
    unit,
    ...(baseline === undefined
      ? {}
      : { baseline: round(baseline), ratio: round(value / baseline) }),
    ...(compared.goal === undefined ? {} : { goal: compared.goal }),
    ...(compared.atLeast === undefined ? {} : { atLeast: compared.atLeast }),
    runs: values.length,
    spread: round((quantile(values, 0.75) - quantile(values, 0.25)) / 2),
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? NaN
  const high = sorted[Math.ceil(at)] ?? NaN
  return low + (high - low) * (at - Math.floor(at))
}

const round = (value: number): number => Number(value.toPrecision(3))
