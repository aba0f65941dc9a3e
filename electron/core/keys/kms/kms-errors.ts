import { Failure, type AppError, type KmsKeyProblem } from '../../../../shared/contract/errors.ts'
import { networkFailure } from '../../net/net-error.ts'

/** The request that failed, for the error. */
export interface KmsAsked {
  /** KMS's name of the operation, such as `Decrypt`. */
  readonly action: string
  /** The id of the key; '' for an operation without one. */
  readonly keyId: string
  readonly host: string
}

// Error codes of KMS and of the gateway before it. Source: error tables of the KMS API reference
// and of POP RPC.
const CREDENTIALS: Readonly<Record<string, 'unknown-key-id' | 'wrong-secret' | 'expired'>> = {
  InvalidAccessKeyId: 'unknown-key-id',
  'InvalidAccessKeyId.NotFound': 'unknown-key-id',
  'InvalidAccessKeyId.Inactive': 'unknown-key-id',
  'Forbidden.AccessKey': 'unknown-key-id',
  'Forbidden.AccessKeyNotFound': 'unknown-key-id',
  SignatureDoesNotMatch: 'wrong-secret',
  IncompleteSignature: 'wrong-secret',
  MissingSecurityToken: 'expired',
  SecurityTokenExpired: 'expired',
}
const CLOCK = /^(IllegalTimestamp|InvalidTimeStamp(\..+)?|RequestTimeTooSkewed)$/
const KEY: Readonly<Record<string, KmsKeyProblem>> = {
  'Forbidden.KeyNotFound': 'not-found',
  'Forbidden.AliasNotFound': 'not-found',
  'Forbidden.KeyVersionNotFound': 'not-found',
  'Rejected.Disabled': 'disabled',
  'Rejected.PendingDeletion': 'deleting',
}
const WRONG_USE = /^(Rejected\.)?Unsupported(Operation|\.|$)/
/**
 * KMS has no code for a blob of another key. An unreadable blob, or one under another context, is
 * an invalid parameter. Some gateways name the parameter.
 */
const CANNOT_OPEN = /^InvalidParam(eter)?(\.|$)|Ciphertext|EncryptionContext/
/** Refusals of the whole account, which no permission can lift. */
const ACCOUNT = /^Forbidden\.(KmsServiceNotEnabled|InDebt|ProhibitedByRiskControl|Ubsms)/
const DENIED = /^(Forbidden|NoPermission|AccessDenied)(\.|$)/

/**
 * Turns an error of the package into one of ours. Only codes are read. The messages of the package
 * hold the whole URL, with plaintext and token, and KMS's own messages can quote the request. An
 * answer that is not KMS's becomes 'kms' with status 0.
 */
export function kmsFailure(cause: unknown, asked: KmsAsked): Failure {
  const answer = answerOf(cause)
  if (answer !== null) return new Failure(errorOf(answer, asked))
  const known = networkFailure(cause, asked.host)
  if (known instanceof Failure) return known
  if (cause instanceof Error && cause.name.includes('RequestTimeout'))
    return new Failure({ code: 'unreachable', host: asked.host, reason: 'ETIMEDOUT' })
  return new Failure(NOT_KMS)
}

/** The error for an answer that KMS cannot have given. */
export const NOT_KMS: AppError = { code: 'kms', status: 0, kmsCode: '', requestId: '' }

interface ErrorAnswer {
  readonly status: number
  readonly kmsCode: string
  readonly requestId: string
}

function errorOf(
  { status, kmsCode, requestId }: ErrorAnswer,
  { action, keyId }: KmsAsked,
): AppError {
  const reason = Object.hasOwn(CREDENTIALS, kmsCode)
    ? CREDENTIALS[kmsCode]
    : kmsCode.startsWith('InvalidSecurityToken')
      ? 'expired'
      : undefined
  if (reason !== undefined) return { code: 'bad-credentials', reason, requestId, service: 'kms' }
  if (CLOCK.test(kmsCode)) return { code: 'clock', minutes: 0, requestId, service: 'kms' }
  const problem = keyProblem(kmsCode, action)
  if (problem !== null) return { code: 'kms-key', name: keyId, problem, requestId }
  if (DENIED.test(kmsCode) && !ACCOUNT.test(kmsCode))
    return { code: 'access-denied', action: `kms:${action}`, ossCode: kmsCode, ec: '', requestId }
  return { code: 'kms', status, kmsCode, requestId }
}

function keyProblem(kmsCode: string, action: string): KmsKeyProblem | null {
  const problem = Object.hasOwn(KEY, kmsCode) ? KEY[kmsCode] : undefined
  if (problem !== undefined) return problem
  if (WRONG_USE.test(kmsCode)) return 'wrong-use'
  return action === 'Decrypt' && CANNOT_OPEN.test(kmsCode) ? 'cannot-open' : null
}

/**
 * Reads the answer of KMS, and returns null when it was not KMS. The status stands only at the
 * beginning of the package's message, after the code.
 */
function answerOf(cause: unknown): ErrorAnswer | null {
  if (
    !(cause instanceof Error) ||
    !('data' in cause) ||
    typeof cause.data !== 'object' ||
    cause.data === null
  )
    return null
  const { Code, RequestId } = cause.data as {
    readonly Code?: unknown
    readonly RequestId?: unknown
  }
  const { code } = cause as { readonly code?: unknown }
  const [, status] =
    typeof code === 'string' && cause.message.startsWith(code)
      ? (/^: code: (\d{3}), /.exec(cause.message.slice(code.length)) ?? [])
      : []
  return status === undefined
    ? null
    : { status: Number(status), kmsCode: token(Code), requestId: token(RequestId) }
}

/**
 * Returns a short plain text, and '' for any other value. The text comes from outside and is shown.
 */
function token(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]{1,80}$/.test(value) ? value : ''
}
