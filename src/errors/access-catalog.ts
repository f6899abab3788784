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
  TOO_MANY_ATTEMPTS: {
    exit: 75,
    status: 429,
    retry: 'later',
    hint: 'Wait a minute, then log in with a token that is still good: `howdah token ls` on the server lists them.',
  },
  TOO_MUCH_SENT: {
    exit: 75,
    status: 413,
    retry: 'later',
    hint: 'What was sent goes after a day. Bring large data in with `howdah psql -f`, or run `howdah up` on the machine itself.',
  },
  TOKEN_EXISTS: {
    exit: 73,
    status: 409,
    retry: 'never',
    hint: 'Choose another name, or end that one with `howdah token rm NAME`.',
  },
  TOKEN_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List the tokens with `howdah token ls`.',
  },
  DAEMON_UNTRUSTED: {
    exit: 76,
    status: 502,
    retry: 'never',
    hint: 'Compare the fingerprint with the one that `howdah listen` shows there. When its authority was really replaced, log in anew.',
  },
  CONTEXT_NOT_FOUND: {
    exit: 66,
    status: 404,
    retry: 'never',
    hint: 'List them with `howdah context ls`; `howdah login URL` makes one.',
  },
  CONTEXT_UNREADABLE: {
    exit: 78,
    status: 500,
    retry: 'never',
    hint: 'Mend or remove the file named above, then `howdah login URL` again.',
  },
  CANNOT_LISTEN: {
    exit: 69,
    status: 409,
    retry: 'never',
    hint: 'Choose another address or port: `howdah listen ADDRESS:PORT`.',
  },
} as const
