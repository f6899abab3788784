import type { Host } from '../../contract/host.ts'
import type { Colour } from '../output/colour.ts'
import type { Column } from '../output/table.ts'

/** What `host ls` shows of each host. */
export const hostColumns = (colour: Colour): Column<Host>[] => [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ADDRESS', value: ({ address }) => address },
  { title: 'ZONE', value: ({ zone }) => zone ?? '-', yields: 2 },
  { title: 'UP', value: (host) => upText(host, colour) },
  { title: 'VERSION', value: ({ version }) => version ?? '-', yields: 1 },
  { title: 'ETCD', value: ({ etcd }) => etcdText(etcd, colour) },
  { title: 'INSTANCES', value: ({ instances }) => String(instances), align: 'right' },
]

/** `yes`, `no`, and what is on its way. */
export function upText({ isUp, phase }: Host, colour: Colour): string {
  if (phase !== 'live') return colour.warning(phase)
  return isUp ? colour.good('yes') : colour.bad('no')
}

export function etcdText(etcd: Host['etcd'], colour: Colour): string {
  if (!etcd) return '-'
  return etcd.role === 'down' ? colour.bad('down') : etcd.role
}
