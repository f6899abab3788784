import type { Engine } from '../contract/engine.ts'

/** Of the extensions named, those that an engine cannot create, each once. */
export function missingExtensions(engine: Engine, names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => !engine.extensions.includes(name))
}

/** The package that brings an extension, where its name is known. `*` stands for the major version. */
interface Source {
  readonly debian?: string
  readonly rpm?: string
}

/** Package names of Debian and apt.postgresql.org, and of PGDG's yum repositories; TimescaleDB's of its own repositories. */
const sources: Readonly<Record<string, Source>> = {
  vector: { debian: 'postgresql-*-pgvector', rpm: 'pgvector_*' },
  // The RPM's name holds PostGIS's own version.
  postgis: { debian: 'postgresql-*-postgis-3' },
  timescaledb: { debian: 'timescaledb-2-postgresql-*', rpm: 'timescaledb-2-postgresql-*' },
  pg_cron: { debian: 'postgresql-*-cron', rpm: 'pg_cron_*' },
  pgaudit: { debian: 'postgresql-*-pgaudit' },
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

/** Whether an extension is another project's, so that no bare Postgres brings it. */
export function comesFromElsewhere(extension: string): boolean {
  return (broughtBy[extension] ?? extension) in sources
}

/** A sentence without its full stop that says how to get an extension for this engine, for an error's hint. */
export function whatBrings(
  extension: string,
  { kind, major, binDirectory }: Engine,
  platform: string = process.platform,
): string {
  const source = sources[broughtBy[extension] ?? extension]
  const family = familyOf(kind === 'npm' ? platform : binDirectory)
  const name = family && source?.[family]?.replaceAll('*', String(major))
  if (kind === 'system') {
    return name
      ? `install the package ${name}`
      : `install the package of your system that brings ${extension} for Postgres ${major}`
  }
  const how = name ? `with the package ${name}` : `and their package for ${extension}`
  return `the engine from npm takes no extensions beside its own: install Postgres ${major} from your system's packages ${how}`
}

/** Whose package names to give. A machine with an npm engine is known by its platform alone, and most Linux machines have Debian's names. */
function familyOf(place: string): keyof Source | undefined {
  if (place === 'linux' || place.startsWith('/usr/lib/postgresql/')) return 'debian'
  return place.startsWith('/usr/pgsql-') ? 'rpm' : undefined
}
