import type { Program } from './facts.ts'

/** `nginx (pid 812, nginx.service)`. */
export function describeProgram(program: Program | 'unknown'): string {
  if (program === 'unknown') return 'another program, which this account may not see,'
  const { name, pid, service } = program
  return `${name} (pid ${pid}${service === undefined ? '' : `, ${service}`})`
}
