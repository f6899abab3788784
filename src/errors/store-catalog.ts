/** The codes of a store that other processes and hosts share: a part of the one table in `catalog.ts`. */
export const storeCatalog = {
  STORE_UNAVAILABLE: {
    exit: 69,
    status: 503,
    retry: 'step',
    hint: 'Your databases run on without it. See with `howdah host ls` which hosts are up: more than half of those with etcd must be.',
  },
  STORE_OUTCOME_UNKNOWN: {
    exit: 75,
    status: 504,
    retry: 'step',
    hint: 'See with `howdah ps` and `howdah ops ls` what became of it, then run the command again.',
  },
  STORE_FULL: {
    exit: 74,
    status: 507,
    retry: 'later',
    hint: 'Run `howdah doctor`: it says what fills etcd and how to make room.',
  },
  STORE_WRITE_TOO_LARGE: {
    exit: 65,
    status: 413,
    retry: 'never',
    hint: 'Nothing was written. Put less into one piece: an init script, say, may have about a megabyte.',
  },
  STORE_LEASE_ENDED: {
    exit: 75,
    status: 409,
    retry: 'later',
    hint: 'It stood still for too long and others took over; run the command again.',
  },
  STORE_REFUSED: {
    exit: 70,
    status: 500,
    retry: 'never',
    hint: 'etcd’s own words are above. Run `howdah doctor` to check its version and settings.',
  },
} as const
