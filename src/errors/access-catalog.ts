/** The codes of who may do what: a part of the one table in `catalog.ts`. */
export const accessCatalog = {
  UNAUTHENTICATED: {
    exit: 77,
    status: 401,
    retry: 'never',
    hint: 'Log in with `howdah login URL`, with a token that `howdah token create` printed.',
  },
  FORBIDDEN: {
    exit: 77,
    status: 403,
    retry: 'never',
    hint: 'Ask an admin for a token with more rights: `howdah token create NAME --role ROLE`.',
  },
} as const
