/** An address that no other machine reaches. */
export const isLoopback = (host: string): boolean =>
  host.startsWith('127.') || host === '::1' || host === 'localhost'
