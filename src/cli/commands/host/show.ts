import { command } from '../../command.ts'
import { etcdText, upText } from '../../host/host-columns.ts'
import { bytes } from '../../output/bytes.ts'
import { ago } from '../../output/duration.ts'
import { fields } from '../../output/fields.ts'
import { moment } from '../../output/moment.ts'

export const hostShow = command({
  name: ['host', 'show'],
  summary: 'show a host and what is on it',
  args: [{ name: 'name', kind: 'required', summary: 'A name that `howdah host ls` lists' }],
  flags: {},
  examples: ['howdah host show h2', 'howdah host show h2 --json'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const host = await daemon.api.getHost({ name: args.name })
    const { json, print, colour, width } = ctx.terminal
    if (ctx.json) return json(host)
    const { etcd, seenAt, memoryBytes, diskFreeBytes, cpus } = host
    const size = (sizeBytes: number | undefined, what: string): string[] =>
      sizeBytes === undefined ? [] : [`${bytes(sizeBytes)} ${what}`]
    print(
      fields(
        [
          ['name', host.name],
          ['address', host.address],
          ['zone', host.zone],
          ['up', upText(host, colour)],
          ['heard of', seenAt && ago(seenAt, Date.now())],
          ['version', host.version],
          ['system', host.system],
          [
            'machine',
            [
              ...(cpus === undefined ? [] : [`${cpus} CPUs`]),
              ...size(memoryBytes, 'memory'),
              ...size(diskFreeBytes, 'of disk free'),
            ].join(', '),
          ],
          ['etcd', etcd && [etcdText(etcd, colour), etcd.version].filter(Boolean).join(', ')],
          ['joined', moment(host.joinedAt)],
          ['servers of', host.servers.join(', ')],
          ['backups of', host.lineages.join(', ')],
        ],
        width,
      ),
    )
  },
})
