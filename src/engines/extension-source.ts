import type { Engine } from '../contract/engine.ts'

/** Of the extensions named, those that an engine cannot create, each once. */
export function missingExtensions(engine: Engine, names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !engine.extensions.includes(name))
}

/** What brings an extension to a distribution. `*` stands for the major version. */
interface Source {
  readonly debian: string
  readonly rpm: string
  readonly homebrew?: string
}

/** Package names of apt.postgresql.org and of Debian, of PGDG's yum repositories, and of Homebrew. */
const sources: Readonly<Record<string, Source>> = {
  vector: { debian: 'postgresql-*-pgvector', rpm: 'pgvector_*', homebrew: 'pgvector' },
  postgis: { debian: 'postgresql-*-postgis-3', rpm: 'postgis34_*', homebrew: 'postgis' },
  timescaledb: { debian: 'timescaledb-2-postgresql-*', rpm: 'timescaledb-2-postgresql-*' },
  pg_cron: { debian: 'postgresql-*-cron', rpm: 'pg_cron_*' },
  pgaudit: { debian: 'postgresql-*-pgaudit', rpm: 'pgaudit_*' },
  pg_partman: { debian: 'postgresql-*-partman', rpm: 'pg_partman_*' },
  pg_repack: { debian: 'postgresql-*-repack', rpm: 'pg_repack_*' },
  hypopg: { debian: 'postgresql-*-hypopg', rpm: 'hypopg_*' },
  rum: { debian: 'postgresql-*-rum', rpm: 'rum_*' },
  pgrouting: { debian: 'postgresql-*-pgrouting', rpm: 'pgrouting_*' },
  plperl: { debian: 'postgresql-plperl-*', rpm: 'postgresql*-plperl' },
  plpython3u: { debian: 'postgresql-plpython3-*', rpm: 'postgresql*-plpython3' },
  pltcl: { debian: 'postgresql-pltcl-*', rpm: 'postgresql*-pltcl' },
}

/** Extensions that come in the package of another one. */
const broughtBy: Readonly<Record<string, string>> = {
  postgis_raster: 'postgis',
  postgis_sfcgal: 'postgis',
  postgis_tiger_geocoder: 'postgis',
  postgis_topology: 'postgis',
  address_standardizer: 'postgis',
  address_standardizer_data_us: 'postgis',
  plperlu: 'plperl',
  pltclu: 'pltcl',
}

/** A sentence without its full stop that says how to get an extension for this engine, for an error's hint. */
export function whatBrings(extension: string, engine: Engine): string {
  const { major } = engine
  const source = sources[broughtBy[extension] ?? extension]
  const family = familyOf(engine)
  const pattern = source?.[family]
  const found = pattern?.replaceAll('*', String(major))
  if (engine.kind === 'npm') {
    const how = found ? `with the package ${found}` : `and its package for ${extension}`
    return `install Postgres ${major} from your system's packages ${how}; the engine from npm takes no extensions beside its own`
  }
  if (found) return `install the package ${found}`
  return `install the package of your system that brings ${extension} for Postgres ${major}`
}

/** How this engine, or a system engine on the same machine, is packaged. npm engines go by their Linux or macOS path alone, so Debian's names stand for all Linux. */
function familyOf({ kind, binDirectory }: Engine): keyof Source {
  if (/\/(?:homebrew|linuxbrew|usr\/local\/opt)\//.test(binDirectory)) return 'homebrew'
  if (kind === 'system' && !binDirectory.includes('/lib/postgresql/')) return 'rpm'
  return 'debian'
}
