/**
 * A refusal of the server, which is answered in OSS's words: status, XML body, EC. Operations throw
 * it, and `send.ts` writes it.
 */
export class OssError extends Error {
  readonly status: number
  readonly code: string
  /** OSS's number of the rule, such as `0005-00000421`. */
  readonly ec: string
  /** Further elements of the XML, such as `StringToSign`. */
  readonly extra: ExtraElements
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, ec: string, message: string, more: Details = {}) {
    super(message)
    this.name = 'OssError'
    this.status = status
    this.code = code
    this.ec = ec
    this.extra = more.extra ?? {}
    this.headers = more.headers ?? {}
  }
}

/** Names and texts of XML elements. A record in place of a text is the content of an element. */
export type ExtraElements = Readonly<Record<string, string | Readonly<Record<string, string>>>>

interface Details {
  readonly message?: string
  readonly ec?: string
  readonly extra?: ExtraElements
  readonly headers?: Readonly<Record<string, string>>
}

/** The EC of rules without a published one. */
const UNKNOWN_EC = '0017-00000000'

/**
 * Code → status, EC, message. Source: OSS's public error-code pages. For a code with several ECs
 * the caller names the EC.
 */
const ERRORS = {
  AccessDenied: [
    403,
    '0003-00000001',
    'You have no right to access this object because of bucket acl.',
  ],
  BadRequest: [400, UNKNOWN_EC, 'The request is malformed.'],
  BucketAlreadyExists: [409, '0015-00000104', 'The requested bucket name is not available.'],
  BucketNotEmpty: [
    409,
    '0015-00000301',
    'The bucket has objects or unfinished uploads. Please delete them first.',
  ],
  EntityTooLarge: [
    400,
    UNKNOWN_EC,
    'Your proposed upload exceeds the maximum allowed object size.',
  ],
  EntityTooSmall: [
    400,
    '0042-00000213',
    'Your proposed upload is smaller than the minimum allowed size.',
  ],
  FileAlreadyExists: [
    409,
    '0026-00000002',
    'The object you specified already exists and can not be overwritten.',
  ],
  IncompleteBody: [
    400,
    UNKNOWN_EC,
    'You did not provide the number of bytes specified by the Content-Length header.',
  ],
  InternalError: [500, UNKNOWN_EC, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [
    403,
    '0002-00000902',
    'The OSS Access Key Id you provided does not exist in our records.',
  ],
  InvalidArgument: [400, UNKNOWN_EC, 'An argument of the request is not valid.'],
  InvalidBucketName: [400, UNKNOWN_EC, 'The specified bucket is not valid.'],
  InvalidDigest: [400, UNKNOWN_EC, 'The Content-MD5 you specified was invalid.'],
  InvalidEncryptionRequest: [
    400,
    '0005-00000401',
    'The client-side encryption parameters of the request are not valid.',
  ],
  InvalidObjectName: [400, UNKNOWN_EC, 'The specified object is not valid.'],
  InvalidObjectState: [403, UNKNOWN_EC, "The operation is not valid for the object's state."],
  InvalidPart: [
    400,
    UNKNOWN_EC,
    'One or more of the specified parts could not be found or the ETag did not match.',
  ],
  InvalidPartOrder: [400, UNKNOWN_EC, 'The list of parts was not in ascending order.'],
  InvalidRange: [416, UNKNOWN_EC, 'The requested range cannot be satisfied.'],
  InvalidSecurityToken: [403, '0002-00000008', 'The security token you provided is invalid.'],
  InvalidTag: [400, UNKNOWN_EC, 'The tags of the request are not valid.'],
  MalformedXML: [
    400,
    UNKNOWN_EC,
    'The XML you provided was not well-formed or did not validate against our published schema.',
  ],
  MetadataTooLarge: [
    400,
    UNKNOWN_EC,
    'Your metadata headers exceed the maximum allowed metadata size.',
  ],
  MethodNotAllowed: [405, UNKNOWN_EC, 'The specified method is not allowed against this resource.'],
  MissingArgument: [400, UNKNOWN_EC, 'A required argument is missing.'],
  MissingContentLength: [411, UNKNOWN_EC, 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, '0015-00000101', 'The specified bucket does not exist.'],
  NoSuchKey: [404, '0026-00000001', 'The specified key does not exist.'],
  NoSuchVersion: [404, '0012-00000203', 'The specified version does not exist.'],
  NoSuchUpload: [
    404,
    '0042-00000002',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  ],
  NotImplemented: [501, UNKNOWN_EC, 'The practice server does not offer this operation.'],
  NotModified: [304, '', 'Not Modified'],
  ObjectNotAppendable: [409, UNKNOWN_EC, 'The object is not appendable.'],
  PositionNotEqualToLength: [409, UNKNOWN_EC, 'Position is not equal to file length.'],
  PreconditionFailed: [
    412,
    UNKNOWN_EC,
    'At least one of the pre-conditions you specified did not hold.',
  ],
  RequestTimeTooSkewed: [
    403,
    '0002-00000504',
    'The difference between the request time and the current time is too large.',
  ],
  SecurityTokenExpired: [403, '0002-00000007', 'The security token you provided has expired.'],
  SignatureDoesNotMatch: [
    403,
    '0002-00000201',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  TooManyBuckets: [400, UNKNOWN_EC, 'You have attempted to create more buckets than allowed.'],
} as const satisfies Record<string, readonly [number, string, string]>

export type ErrorCode = keyof typeof ERRORS

/** Makes the refusal `code`. Its message and EC are those of the table, or of `details`. */
export function refusal(code: ErrorCode, details: Details = {}): OssError {
  const [status, ec, message] = ERRORS[code]
  return new OssError(status, code, details.ec ?? ec, details.message ?? message, details)
}

/** Headers of an answer that meets a delete marker. Source: OSS's documentation of GetObject. */
export const markerHeaders = (versionId: string): Readonly<Record<string, string>> => ({
  'x-oss-delete-marker': 'true',
  'x-oss-version-id': versionId,
})

/** Makes an `InvalidArgument` that names the argument and its value, as OSS does. */
export function badArgument(name: string, value: string, message: string, ec?: string): OssError {
  const extra = { ArgumentName: name, ArgumentValue: value }
  return refusal('InvalidArgument', ec === undefined ? { message, extra } : { message, ec, extra })
}
