import { Failure, type AppError, type KmsKeyProblem } from '../../../../shared/contract/errors.ts'

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
 * Turns anything that a call threw into one of our errors. Only codes are read: messages of the
 * package may quote the request. An answer that is not KMS's is 'kms' with status 0.
 */
export function kmsFailure(cause: unknown, asked: KmsAsked): Failure {
  if (!(cause instanceof Failure) || cause.error.code === 'too-large') return new Failure(NOT_KMS)
  return cause.error.code === 'unreachable'
    ? new Failure({ ...cause.error, host: asked.host })
    : cause
}

/** An error that KMS answered. `answer`: its fields, which may be anything. */
export function kmsRefusal(
  status: number,
  { Code, RequestId }: Readonly<Record<string, unknown>>,
  asked: KmsAsked,
): Failure {
  return new Failure(errorOf({ status, kmsCode: token(Code), requestId: token(RequestId) }, asked))
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
 * Returns a short plain text, and '' for any other value. The text comes from outside and is shown.
 */
function token(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]{1,80}$/.test(value) ? value : ''
}
