/** A StartupMessage of protocol 3: its major version is in the upper half of the code. */
const PROTOCOL_MAJOR = 3
const SSL_REQUEST = 80877103
const GSSENC_REQUEST = 80877104
/** TLS without asking first (libpq 17, sslnegotiation=direct): a handshake record begins so. */
const TLS_HANDSHAKE = 0x16
/** What Postgres itself takes at most (MAX_STARTUP_PACKET_LENGTH). */
const LONGEST = 10_000
const HEAD_BYTES = 8

/**
 * Who it is that sent these first bytes of a connection: a `client` that wants to talk to Postgres, or a `stranger`, such
 * as a port scanner, a browser, or a cancel request, which nothing can come of where no query runs. `unknown`: too few
 * bytes to tell. PostgreSQL manual, 55.7 (message formats).
 */
export function whoSent(bytes: Uint8Array): 'client' | 'stranger' | 'unknown' {
  if (bytes.length === 0) return 'unknown'
  if (bytes[0] === TLS_HANDSHAKE) return 'client'
  // A length of four bytes that is at most 10000 begins with two zeros.
  if (bytes[0] !== 0 || (bytes[1] ?? 0) !== 0) return 'stranger'
  if (bytes.length < HEAD_BYTES) return 'unknown'
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES)
  const length = head.getUint32(0)
  if (length < HEAD_BYTES || length > LONGEST) return 'stranger'
  const code = head.getUint32(4)
  const isRequest = code === SSL_REQUEST || code === GSSENC_REQUEST
  return isRequest || code >>> 16 === PROTOCOL_MAJOR ? 'client' : 'stranger'
}
