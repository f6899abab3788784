import type { Mode } from '../contract/instance.ts'

/** What a mode means on one machine, the sentence that a plan shows. */
export function meaningOf(mode: Mode): string {
  switch (mode) {
    case 'affordable':
      return 'affordable: one server, small; `down` asks whether to keep a final snapshot'
    case 'balanced':
      return 'balanced: production; `down` takes a final snapshot first (one machine, so one server)'
    case 'high_availability':
      return 'high_availability: production; `down` takes a final snapshot first (several servers need several hosts, which this machine is not)'
  }
}

/** Production protects: nothing is removed without a final snapshot. */
export const isProduction = (mode: Mode): boolean => mode !== 'affordable'

/** Defang's rule: from high availability down goes one level at a time. */
export function refusedModeChange(from: Mode, to: Mode): string | undefined {
  if (from === 'high_availability' && to === 'affordable') {
    return 'the mode goes from high_availability to affordable only by way of balanced'
  }
  return undefined
}
