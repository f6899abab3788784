/**
 * Whether the host `own` looks after what this document is of. A machine by itself, for which `own` is undefined, looks
 * after everything; what in a cluster says of no host whose it is, nobody touches.
 */
export const isOwn = (
  own: string | undefined,
  { host }: { readonly host?: string | undefined },
): boolean => own === undefined || host === own
