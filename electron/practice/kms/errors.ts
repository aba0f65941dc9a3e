/**
 * A refusal of the KMS, with HTTP status, code and message. The function that finds the reason
 * throws it, and `send.ts` writes it.
 */
export class KmsError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'KmsError'
    this.status = status
    this.code = code
  }
}

/**
 * Code → HTTP status and message. Each row names its source:
 * - [kms]: KMS's table of common errors (documentation page 69008). Rows with 409 come from the
 *   table of key states (page 44211).
 * - [gateway]: the RPC gateway in front of all products, as its users quote it. Code and message
 *   are certain, and the status 400 is likely.
 * - [guess]: no published source. The code exists; its use in this case is our inference.
 */
const ERRORS = {
  /** [kms] */
  InternalFailure: [500, 'Internal Failure.'],
  /** [kms] */
  ServiceUnavailableTemporary: [503, 'Service Unavailable Temporary.'],
  /**
   * [kms] Users of the gateway report this code also for temporary credentials without their
   * token.
   */
  'InvalidAccessKeyId.NotFound': [404, 'The AccessKey ID provided does not exist in our records.'],
  /** [kms] */
  'Forbidden.KeyNotFound': [404, 'The specified Key is not found.'],
  /** [kms] */
  'Forbidden.AliasNotFound': [404, 'The specified Alias is not found.'],
  /** [kms] */
  UnsupportedHTTPMethod: [403, 'This http method is not supported.'],
  /** [kms] `subject`: the name of the parameter. */
  MissingParameter: [400, 'The parameter "{}" is needed but not provided.'],
  /**
   * [kms] `subject`: the name of the parameter.
   * [guess] for a CiphertextBlob that is damaged, has another format or belongs to another context.
   * GCM cannot tell these cases apart, so they have one answer.
   */
  InvalidParameter: [400, 'The specified parameter "{}" is not valid.'],
  /** [kms] */
  IncompleteSignature: [400, 'The request signature does not conform to Alibaba Cloud standards.'],
  /** [kms] */
  IllegalTimestamp: [
    400,
    'The input parameter "Timestamp" that is required for processing this request is not supplied.',
  ],
  /** [kms] */
  'Rejected.Disabled': [409, 'The request was rejected because the key state is Disabled.'],
  /** [kms] */
  'Rejected.PendingDeletion': [
    409,
    'The request was rejected because the key state is PendingDeletion.',
  ],
  /** Users of KMS quote the code and the message. [guess] for the status 429. */
  'Rejected.Throttling': [429, 'QPS Limit Exceeded'],
  /** [gateway] */
  Throttling: [400, 'Request was denied due to request throttling.'],
  /**
   * [gateway] `subject`: the string that the server signed, which can contain a plaintext. The real
   * gateway answers with this string too, so clients must not show messages.
   */
  SignatureDoesNotMatch: [
    400,
    'Specified signature is not matched with our calculation. server string to sign is:{}',
  ],
  /** [gateway] */
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  /** [gateway] */
  InvalidSignatureMethod: [400, 'Specified signature method is not supported.'],
  /** [gateway] */
  'InvalidTimeStamp.Format': [400, 'Specified time stamp or date value is not well formatted.'],
  /** [gateway] The client's clock is more than 15 minutes slow or fast. */
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  /** [gateway] */
  'InvalidSecurityToken.Expired': [400, 'Specified SecurityToken is expired.'],
  /** [gateway] */
  'InvalidSecurityToken.Malformed': [400, 'Specified SecurityToken is malformed.'],
  /** [gateway] */
  InvalidVersion: [400, 'Specified parameter Version is not valid.'],
  /** [gateway] */
  'InvalidAction.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  /** Our own code. `subject`: the feature that the real KMS has and the practice server has not. */
  UnsupportedOperation: [400, 'The practice server does not offer {}.'],
} as const satisfies Record<string, readonly [number, string]>

/** The code of a refusal. */
export type KmsErrorCode = keyof typeof ERRORS

/** Returns the refusal with this code. `subject` replaces `{}` in its message. */
export function kmsRefusal(code: KmsErrorCode, subject = ''): KmsError {
  const [status, message] = ERRORS[code]
  return new KmsError(
    status,
    code,
    message.replace('{}', () => subject),
  )
}
