import { expect, test } from 'vitest'
import { readImage, readVersion } from './image.ts'

const digest = `sha256:${'ab12'.repeat(16)}`

test.each([
  ['postgres', {}, []],
  ['postgres:latest', {}, []],
  ['postgres:alpine', {}, []],
  ['postgres:alpine3.20', {}, []],
  ['postgres:bookworm', {}, []],
  ['postgres:16', { major: 16 }, []],
  ['postgres:16.4', { major: 16, minor: 4 }, []],
  ['postgres:16-alpine', { major: 16 }, []],
  ['postgres:16.3-bookworm', { major: 16, minor: 3 }, []],
  ['postgres:16.4-alpine3.20', { major: 16, minor: 4 }, []],
  ['postgres:12', { major: 12 }, []],
  ['postgres:18.0', { major: 18, minor: 0 }, []],
  [`postgres:16@${digest}`, { major: 16 }, []],
  ['library/postgres:16', { major: 16 }, []],
  ['docker.io/library/postgres:15', { major: 15 }, []],
  ['localhost:5000/postgres:16', { major: 16 }, []],
  ['localhost:5000/postgres', {}, []],
  ['registry.example.com:443/team/postgres:14.11', { major: 14, minor: 11 }, []],
  ['public.ecr.aws/docker/library/postgres:17-alpine', { major: 17 }, []],
  ['pgvector/pgvector:pg16', { major: 16 }, ['vector']],
  ['pgvector/pgvector:0.8.0-pg17', { major: 17 }, ['vector']],
  ['pgvector/pgvector:0.8.0-pg17-bookworm', { major: 17 }, ['vector']],
  ['pgvector/pgvector:latest', {}, ['vector']],
  ['postgis/postgis:16-3.4', { major: 16 }, ['postgis']],
  ['postgis/postgis:16-3.4-alpine', { major: 16 }, ['postgis']],
  ['postgis/postgis:17-master', { major: 17 }, ['postgis']],
  ['timescale/timescaledb:2.17-pg16', { major: 16 }, ['timescaledb']],
  ['timescale/timescaledb:2.17.2-pg16-oss', { major: 16 }, ['timescaledb']],
  ['timescale/timescaledb:latest-pg16', { major: 16 }, ['timescaledb']],
  ['timescale/timescaledb-ha:pg16', { major: 16 }, ['timescaledb']],
  ['timescale/timescaledb-ha:pg16.4-ts2.17.0-all', { major: 16, minor: 4 }, ['timescaledb']],
  ['bitnami/postgresql:16', { major: 16 }, []],
  ['bitnami/postgresql:16.4.0-debian-12-r0', { major: 16, minor: 4 }, []],
  ['supabase/postgres:15.8.1.060', { major: 15, minor: 8 }, []],
  ['cimg/postgres:16.2', { major: 16, minor: 2 }, []],
  ['postgres:14.22-rds.1', { major: 14, minor: 22 }, []],
  ['acme/foopostgres:16', { major: 16 }, []],
  ['acme/db:1.2-pg15', { major: 15 }, []],
])('%s asks for %j with %j', (image, version, extensions) => {
  expect(readImage(image)).toEqual({ kind: 'postgres', version, extensions })
})

test.each([
  [`postgres@${digest}`, 'unclear', 'a digest alone does not tell'],
  ['pgvector/pgvector:0.8.0', 'unclear', 'the tag "0.8.0" does not tell'],
  ['timescale/timescaledb:2.17.2', 'unclear', 'the tag "2.17.2" does not tell'],
  ['postgres:main', 'unclear', 'the tag "main" does not tell'],
  ['postgres:16x', 'unclear', 'the tag "16x" does not tell'],
  ['acme/postgres-custom', 'unclear', 'without a tag it does not tell'],
  ['postgres:17beta1', 'unclear', '17beta1 is a pre-release'],
  ['postgres:17rc1-alpine', 'unclear', '17rc1 is a pre-release'],
  ['postgres:9.6', 'unclear', 'Postgres 9 cannot run here; 12 to 18 can'],
  ['postgres:11', 'unclear', 'Postgres 11 cannot run here'],
  ['postgres:19', 'unclear', 'Postgres 19 cannot run here'],
  ['pgvector/pgvector:pg11', 'unclear', 'Postgres 11 cannot run here'],
  ['redis:7', 'other', 'is not a Postgres image'],
  ['acme/db:16', 'other', 'is not a Postgres image'],
  ['node:18', 'other', 'is not a Postgres image'],
  ['postgres:', 'malformed', 'is not an image name'],
  ['postgres:16:17', 'malformed', 'is not an image name'],
  ['postgres:16@sha256', 'malformed', 'is not an image name'],
  ['Postgres:16', 'malformed', 'is not an image name'],
  ['postgres:1 6', 'malformed', 'is not an image name'],
  ['', 'malformed', 'is not an image name'],
])('%s is %s', (image, kind, why) => {
  expect(readImage(image)).toMatchObject({ kind, why: expect.stringContaining(why) })
})

test('a version is a major with or without a minor, in the range that runs', () => {
  expect(readVersion('16')).toEqual({ major: 16 })
  expect(readVersion('16.10')).toEqual({ major: 16, minor: 10 })
  expect(readVersion('16.4.1')).toContain('not a Postgres version')
  expect(readVersion('11')).toContain('cannot run here')
})
