import type { AppError } from './app-error.ts'

export type Result<T, E = AppError> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const fail = <E extends AppError>(error: E): Result<never, E> => ({ ok: false, error })

/**
 * An expected failure on its way through code that throws (streams, callbacks). {@link caught}
 * catches the failure at the edge.
 */
export class Failure extends Error {
  readonly error: AppError
  constructor(error: AppError) {
    super(error.code)
    this.name = 'Failure'
    this.error = error
  }
}

/** Returns the value, or throws a {@link Failure}. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new Failure(result.error)
}

/**
 * Returns the Result for the cause of a `catch`: a {@link Failure} or an abort becomes a Result.
 * Any other cause is a bug, which `caught` throws again.
 */
export function caught(cause: unknown): Result<never> {
  if (cause instanceof Failure) return fail(cause.error)
  if (cause instanceof Error && cause.name === 'AbortError') return fail({ code: 'cancelled' })
  throw cause
}

/** Says whether the same request may be sent again unchanged: one answer for the whole app. */
export function isRetryable(error: AppError): boolean {
  switch (error.code) {
    case 'oss':
      return error.status >= 500 || error.status === 429 || error.ossCode === 'RequestTimeout'
    case 'kms':
      return (
        error.status >= 500 ||
        error.status === 429 ||
        error.kmsCode.startsWith('Throttling') ||
        error.kmsCode === 'Rejected.Throttling'
      )
    case 'unreachable':
      return !isDistrust(error.reason)
    case 'proxy':
      return error.problem === 'unreachable' || error.problem === 'no-way'
    case 'checksum':
      return true
    default:
      return false
  }
}

/**
 * Says whether the same request always fails in the same way. The object, the name or the format
 * does not change, so the window offers no further try.
 */
export const isFinal = (error: AppError): boolean => FINAL.has(error.code)

const FINAL: ReadonlySet<AppError['code']> = new Set<AppError['code']>([
  'not-an-envelope',
  'no-envelope',
  'unsupported-format',
  'message-damaged',
  'seal-refused',
  'not-sealed',
  'second-key',
  'name-not-local',
  'source-differs',
  'source-kept',
  'too-large',
  'bad-request',
  'bad-endpoint',
  'insecure-endpoint',
  'key-description',
  'format-not-for-key',
])

/**
 * Says whether this computer does not trust the server's certificate. A further try within seconds
 * meets the same certificate.
 */
export const isDistrust = (reason: string): boolean => CERTIFICATE_REASONS.has(reason)

/** Source: Node's TLS error codes. */
const CERTIFICATE_REASONS: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

/**
 * Throws for a case that a switch does not handle. The `default` of a switch calls it, and the
 * switch does not compile while a case is missing.
 */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`)
}
