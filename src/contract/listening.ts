import { z } from 'zod'

/** Ours: no well-known service has it (IANA). */
export const DEFAULT_API_PORT = 7432

/** Where this daemon's API is served over HTTPS, beside its socket. */
export const Listening = z
  .object({
    address: z.union([z.ipv4(), z.ipv6()]),
    port: z.int().min(1).max(65535),
    /** More names that clients may call this machine, beside its own. */
    names: z.array(z.string()),
    /** Of the certificate authority that clients are to trust: SHA-256 of its certificate, in hexadecimal. */
    fingerprint: z.string(),
    /** Why it is not served though it should be. */
    problem: z.string().optional(),
  })
  .meta({ id: 'Listening' })
export type Listening = z.output<typeof Listening>

/** What was asked for. */
export const ListeningWanted = Listening.pick({ address: true, port: true, names: true })
export type ListeningWanted = z.output<typeof ListeningWanted>
