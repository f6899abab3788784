import { AppError } from '../../errors/app-error.ts'

/** gRPC's status codes that we tell apart (grpc.io/docs/guides/status-codes). */
export const Status = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const

/** The same request fails in the same way wherever it is asked. All others pass: no leader, a leader that changed, too much to do. */
const LASTING: readonly number[] = [
  Status.invalidArgument,
  Status.notFound,
  Status.alreadyExists,
  Status.permissionDenied,
  Status.failedPrecondition,
  Status.outOfRange,
  Status.unimplemented,
  Status.dataLoss,
  Status.unauthenticated,
]

export interface Refusal {
  readonly status: number
  /** etcd's own words. */
  readonly message: string
}

export const isLasting = ({ status }: Refusal): boolean => LASTING.includes(status)

/**
 * The message in an answer, or the refusal. It knows the gateway of etcd 3.4 and early 3.5 and the one of later 3.5 and 3.6,
 * which put errors, and errors in streams, into different forms. Undefined when it is neither.
 */
export function readAnswer(
  httpStatus: number,
  value: unknown,
): { readonly message: object } | { readonly refusal: Refusal } | undefined {
  if (!isObject(value)) return httpStatus === 404 ? { refusal: noGateway } : undefined
  const error = value['error']
  if (isObject(error)) return { refusal: refusalIn(error) }
  if (typeof error === 'string' || httpStatus >= 400) return { refusal: refusalIn(value) }
  const result = value['result']
  return { message: isObject(result) ? result : value }
}

const noGateway: Refusal = {
  status: Status.unimplemented,
  message: 'its JSON gateway is off (enable-grpc-gateway)',
}

function refusalIn(error: Readonly<Record<string, unknown>>): Refusal {
  const status = error['grpc_code'] ?? error['code']
  const message = error['message'] ?? error['error']
  return {
    status: typeof status === 'number' ? status : Status.unavailable,
    message: typeof message === 'string' ? message : 'no reason given',
  }
}

/** The one value in an answer's text; undefined for what is no JSON: a proxy's page, or half an answer. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // the caller says what that means
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/**
 * A lasting refusal as an error; {@link statusOf} and {@link wasRepeated} read its details. `repeated`: an earlier copy of the request
 * may have been received, and may have been done.
 */
export function refusalError(
  { status, message }: Refusal,
  path: string,
  repeated: boolean,
): AppError {
  const code = status === Status.dataLoss ? 'STORE_CORRUPT' : 'STORE_REFUSED'
  const details = { grpcStatus: status, repeated }
  return new AppError(code, `etcd refused ${path}: ${message}`, { details })
}

/** The gRPC status of a refusal of etcd; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof AppError ? error.details?.['grpcStatus'] : undefined
  return typeof status === 'number' ? status : undefined
}

/** Whether a refused request may have been done by an earlier copy of it. */
export const wasRepeated = (error: unknown): boolean =>
  error instanceof AppError && error.details?.['repeated'] === true
