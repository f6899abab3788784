/** The codes of hosts and clusters: a part of the one table in `catalog.ts`. */
export const hostCatalog = {
  HOST_REFUSED: {
    exit: 69,
    status: 409,
    retry: 'never',
    hint: 'Mend what is named above and run the command again; `howdah host check` looks without changing anything.',
  },
  PACKAGES_FAILED: {
    exit: 69,
    status: 502,
    retry: 'never',
    hint: 'Read what apt said in the details. When packages can be had again, run `howdah host init` or `howdah host join` again: what was installed is not fetched anew.',
  },
  NOT_A_HOST: {
    exit: 69,
    status: 409,
    retry: 'never',
    hint: 'Make this machine the first host with `howdah host init`, or let it join others with `howdah host join TOKEN`.',
  },
  ALREADY_A_HOST: {
    exit: 73,
    status: 409,
    retry: 'never',
    hint: 'See the hosts with `howdah host ls`. To have it leave its cluster: `howdah host rm NAME`.',
  },
  HOST_EXISTS: {
    exit: 73,
    status: 409,
    retry: 'never',
    hint: 'Choose another with --name or --address, or remove the one that has it: `howdah host ls`, `howdah host rm NAME`.',
  },
  HOST_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List the hosts with `howdah host ls`.',
  },
  HOST_NOT_EMPTY: {
    exit: 69,
    status: 409,
    retry: 'never',
    hint: 'Remove or move what is named first (`howdah ps`, `howdah token ls`): a host takes over the secrets and the state of the cluster that it joins.',
  },
  HOST_IN_USE: {
    exit: 69,
    status: 409,
    retry: 'never',
    hint: 'Move or remove the instances that are named first (`howdah ps`).',
  },
  HOST_DOWN: {
    exit: 69,
    status: 503,
    retry: 'later',
    hint: 'Start the host or its daemon; `howdah host ls` shows which are up. When it is gone for good: `howdah host rm NAME --lost`.',
  },
  JOIN_REFUSED: {
    exit: 77,
    status: 403,
    retry: 'never',
    hint: 'Make a new token on a host of the cluster with `howdah host token` and copy all of it.',
  },
} as const
