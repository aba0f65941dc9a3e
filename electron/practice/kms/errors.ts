/**
 * A refusal of the KMS: status, code, message. Thrown by whatever finds the reason, written by
 * `send.ts`.
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
 * Code → status, message. Where each row comes from: [kms] KMS's own table of common errors
 * (documentation page 69008) or of key states (44211), 409 rows; [gateway] the codes of the RPC
 * gateway in front of all products, as its users quote them: code and message sure, 400 likely;
 * [guess] no published source was found. The code exists, but that this service answers it here is
 * our inference.
 */
const ERRORS = {
  /** [kms] */
  InternalFailure: [500, 'Internal Failure.'],
  /** [kms] */
  ServiceUnavailableTemporary: [503, 'Service Unavailable Temporary.'],
  /**
   * [kms] Also for temporary credentials whose token is left out, which is how users of the gateway
   * report it.
   */
  'InvalidAccessKeyId.NotFound': [404, 'The AccessKey ID provided does not exist in our records.'],
  /** [kms] */
  'Forbidden.KeyNotFound': [404, 'The specified Key is not found.'],
  /** [kms] */
  'Forbidden.AliasNotFound': [404, 'The specified Alias is not found.'],
  /** [kms] */
  UnsupportedHTTPMethod: [403, 'This http method is not supported.'],
  /** [kms] `subject`: the parameter. */
  MissingParameter: [400, 'The parameter "{}" is needed but not provided.'],
  /**
   * [kms] `subject`: the parameter. [guess] that a blob which is damaged, foreign in form or bound
   * to another context is this one, with CiphertextBlob as the parameter: GCM cannot tell these
   * cases apart, so neither can the answer.
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
  /** Code and message are quoted by users of KMS; 429 is a [guess]. */
  'Rejected.Throttling': [429, 'QPS Limit Exceeded'],
  /** [gateway] */
  Throttling: [400, 'Request was denied due to request throttling.'],
  /**
   * [gateway] `subject`: what the server signed, plaintext and all. The real gateway says it too:
   * clients must not show messages.
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
  /** [gateway] More than 15 minutes slow or fast. */
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  /** [gateway] */
  'InvalidSecurityToken.Expired': [400, 'Specified SecurityToken is expired.'],
  /** [gateway] */
  'InvalidSecurityToken.Malformed': [400, 'Specified SecurityToken is malformed.'],
  /** [gateway] */
  InvalidVersion: [400, 'Specified parameter Version is not valid.'],
  /** [gateway] */
  'InvalidAction.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  /** Ours: the real service has more than the practice server offers. `subject`: what it lacks. */
  UnsupportedOperation: [400, 'The practice server does not offer {}.'],
} as const satisfies Record<string, readonly [number, string]>

export type KmsErrorCode = keyof typeof ERRORS

/** The refusal named `code`; `subject` is what its message speaks of. */
export function kmsRefusal(code: KmsErrorCode, subject = ''): KmsError {
  const [status, message] = ERRORS[code]
  return new KmsError(
    status,
    code,
    message.replace('{}', () => subject),
  )
}
