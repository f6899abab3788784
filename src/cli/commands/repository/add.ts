import { resolve } from 'node:path'
import { RepositoryName } from '../../../contract/repository.ts'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { parseDuration } from '../../output/duration.ts'
import { locationText } from '../../repository/location-text.ts'
import { configName, parseLocation } from '../../repository/parse-location.ts'
import { showCheck } from '../../repository/show-check.ts'

export const repositoryAdd = command({
  name: ['repository', 'add'],
  summary: 'make a place for backups known',
  description: [
    'A folder, or a bucket of a store, that `backups: {repository: NAME}` and `offsite: NAME` of a compose file may name. Needs pgBackRest',
    'on the daemon’s machine. Keys and passphrase are names of configs of this project, with an @: their values can be changed at any',
    'time with `howdah config set`, and archiving takes them over by itself. What is written is encrypted with the',
    'passphrase before it leaves; keep that somewhere else too, without it nothing there can be read. At the end it is checked.',
  ].join('\n'),
  args: [
    { name: 'name', kind: 'required', summary: 'What compose files call it' },
    {
      name: 'location',
      kind: 'required',
      summary:
        '/FOLDER, s3://BUCKET/PATH, azure://ACCOUNT/CONTAINER/PATH, gs://BUCKET/PATH, sftp://USER@HOST/PATH',
    },
  ],
  flags: {
    endpoint: {
      type: 'string',
      value: 'HOST[:PORT]',
      summary: 'The store’s host, for one that is not Amazon’s, Azure’s or Google’s',
    },
    region: { type: 'string', value: 'NAME', summary: 'Of an S3 store (us-east-1)' },
    key: {
      type: 'string',
      value: '@CONFIG',
      summary: 'Access key id (S3), account key (Azure), JSON key (GCS), private key (SFTP)',
    },
    secret: { type: 'string', value: '@CONFIG', summary: 'Secret access key (S3)' },
    sas: { type: 'boolean', summary: 'The key is a shared access signature (Azure)' },
    pathStyle: {
      type: 'boolean',
      summary: 'The bucket stands in the path and not in the host’s name',
    },
    caFile: {
      type: 'string',
      value: 'FILE',
      summary: 'The authorities to trust instead of the machine’s',
    },
    fingerprint: {
      type: 'string',
      value: 'SHA256',
      summary: 'Of the host’s key in hexadecimal (SFTP)',
    },
    encrypt: {
      type: 'string',
      value: '@CONFIG',
      summary: 'The passphrase to encrypt with; cannot be changed later',
    },
    keep: {
      type: 'string',
      value: 'DURATION',
      summary: 'As the off-site one: keep backups this long, whatever the policy says',
    },
    async: {
      type: 'boolean',
      summary: 'Push WAL in the background, many files at once; for stores far away',
    },
    replace: { type: 'boolean', summary: 'Change one that is known already' },
    check: { type: 'toggle', summary: 'Check it at the end (it is)' },
  },
  examples: [
    'howdah repository add main /srv/backups --encrypt @BACKUP_PASSPHRASE',
    'howdah repository add far s3://acme-backups/howdah --region eu-central-1 --key @S3_KEY --secret @S3_SECRET --encrypt @BACKUP_PASSPHRASE',
    'howdah repository add minio s3://backups --endpoint minio.example:9000 --path-style --ca-file ./minio-ca.crt --key @S3_KEY --secret @S3_SECRET',
    'howdah repository add far azure://acme/backups --key @AZURE_KEY --keep 90d',
  ],
  scope: 'compose',
  async run(ctx, { args, flags }) {
    const { encrypt, keep, async: asynchronous, replace, check, caFile, ...others } = flags
    const name = RepositoryName.safeParse(args.name)
    if (!name.success)
      throw new AppError('USAGE', `“${args.name}” cannot be the name of a repository`)
    const location = args.location.includes('://')
      ? args.location
      : resolve(ctx.directory, args.location)
    const storage = parseLocation(location, {
      ...others,
      caFile: caFile && resolve(ctx.directory, caFile),
    })
    const keepMs = keep === undefined ? undefined : parseDuration(keep)
    if (keep !== undefined && keepMs === undefined) {
      throw new AppError('USAGE', `--keep is a duration such as 90d, and not “${keep}”`)
    }
    const daemon = await ctx.daemon()
    const repository = await daemon.api.addRepository({
      name: name.data,
      project: await ctx.projectName(),
      storage,
      asynchronous,
      replace,
      ...(encrypt === undefined ? {} : { passphrase: configName(encrypt) }),
      ...(keepMs === undefined ? {} : { keepMs }),
    })
    const checked =
      check === false ? undefined : await daemon.api.checkRepository({ name: name.data })
    if (ctx.json) ctx.terminal.json({ repository, ...(checked ? { check: checked } : {}) })
    else {
      ctx.terminal.print(`Repository ${repository.name} is ${locationText(repository.storage)}`)
      if (!encrypt) ctx.terminal.note('What goes there is not encrypted by us; see --encrypt.')
    }
    return checked ? showCheck(ctx, checked) : 0
  },
})
