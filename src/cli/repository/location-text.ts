import type { RepositoryStorage } from '../../contract/repository.ts'

/** A place as `repository add` takes it, for people. */
export function locationText(storage: RepositoryStorage): string {
  const path = storage.path === '/' ? '' : storage.path
  switch (storage.type) {
    case 'posix':
      return storage.path
    case 's3':
      return `s3://${storage.bucket}${path}`
    case 'azure':
      return `azure://${storage.account}/${storage.container}${path}`
    case 'gcs':
      return `gs://${storage.bucket}${path}`
    case 'sftp':
      return `sftp://${storage.user}@${storage.host}${storage.port ? `:${storage.port}` : ''}${path}`
  }
}
