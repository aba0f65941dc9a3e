import { createHash, timingSafeEqual } from 'node:crypto'
import type { Account, Accounts } from '../../accounts.ts'
import { badArgument, refusal } from '../errors.ts'
import type { HeaderMap, Place, QueryParam } from './exchange.ts'
import { signV1, stringToSignV1 } from './signature-v1.ts'
import {
  canonicalRequestV4,
  readAuthorizationV4,
  readCredential,
  readTimeV4,
  signV4,
  stringToSignV4,
  type ClaimV4,
} from './signature-v4.ts'

/** The parts of a request that a signature covers. */
export interface SignedParts {
  readonly method: string
  readonly readings: readonly [Place, ...Place[]]
  readonly params: readonly QueryParam[]
  readonly headers: HeaderMap
  /** The server's time, ms. */
  readonly now: number
  readonly region: string
}

const MAX_SKEW_MS = 15 * 60_000
const MAX_EXPIRES_S = 604_800

/**
 * Checks the signature and returns the reading of bucket and key that was signed.
 * Errors: those of OSS, such as AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch,
 * RequestTimeTooSkewed, InvalidSecurityToken, SecurityTokenExpired.
 */
export function authenticate(request: SignedParts, accounts: Accounts): Place {
  const authorization = request.headers.get('authorization')
  const query = new Map(request.params.map(({ name, value }) => [name, value]))
  if (authorization?.startsWith('OSS4-HMAC-SHA256 '))
    return headerV4(request, authorization, accounts)
  if (authorization?.startsWith('OSS ')) return headerV1(request, authorization, accounts)
  if (authorization !== undefined)
    throw badArgument('Authorization', '', 'Authorization header is invalid.', '0002-00000062')
  if (query.get('x-oss-signature-version') === 'OSS4-HMAC-SHA256')
    return queryV4(request, query, accounts)
  if (query.has('OSSAccessKeyId') || query.has('Signature'))
    return queryV1(request, query, accounts)
  throw refusal('AccessDenied')
}

function headerV4(request: SignedParts, authorization: string, accounts: Accounts): Place {
  const claim = readAuthorizationV4(authorization)
  if (claim === null)
    throw badArgument(
      'Authorization',
      '',
      'The Authorization header is malformed.',
      '0002-00000207',
    )
  const account = knownAccount(
    claim.accessKeyId,
    request.headers.get('x-oss-security-token'),
    request.now,
    accounts,
  )
  if (request.headers.get('x-oss-content-sha256') !== 'UNSIGNED-PAYLOAD') {
    throw badArgument(
      'x-oss-content-sha256',
      request.headers.get('x-oss-content-sha256') ?? '',
      'x-oss-content-sha256 must be UNSIGNED-PAYLOAD.',
    )
  }
  const stamp = request.headers.get('x-oss-date')
  const time =
    stamp === undefined ? Date.parse(request.headers.get('date') ?? '') : readTimeV4(stamp)
  checkSkew(time, request.now)
  const iso = new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  checkScope(claim, iso, request.region)
  // Without x-oss-date, Date was signed. The Go SDK V1 signs the text of that header.
  return verifyV4(
    request,
    claim,
    stamp === undefined ? [request.headers.get('date') ?? '', iso] : [iso],
    account,
  )
}

function queryV4(
  request: SignedParts,
  query: ReadonlyMap<string, string>,
  accounts: Accounts,
): Place {
  const credential = readCredential(query.get('x-oss-credential') ?? '')
  if (credential === null)
    throw badArgument(
      'x-oss-credential',
      query.get('x-oss-credential') ?? '',
      'The credential is malformed.',
    )
  const signature = query.get('x-oss-signature')
  if (signature === undefined)
    throw badArgument('x-oss-signature', '', 'The signature is missing.', '0002-00000219')
  const additional = query.get('x-oss-additional-headers')
  const claim = {
    ...credential,
    signature,
    additionalHeaders: additional === undefined || additional === '' ? [] : additional.split(';'),
  }
  const account = knownAccount(
    claim.accessKeyId,
    query.get('x-oss-security-token'),
    request.now,
    accounts,
  )
  const stamp = query.get('x-oss-date') ?? ''
  const seconds = query.get('x-oss-expires') ?? ''
  const signedAt = readTimeV4(stamp)
  if (!/^\d{1,7}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > MAX_EXPIRES_S) {
    throw badArgument(
      'x-oss-expires',
      seconds,
      'x-oss-expires must be 1 to 604800 seconds.',
      '0002-00000232',
    )
  }
  if (Number.isNaN(signedAt)) throw badArgument('x-oss-date', stamp, 'x-oss-date is malformed.')
  if (signedAt - request.now > MAX_SKEW_MS)
    throw refusal('AccessDenied', { message: 'Request is not valid yet.' })
  if (request.now > signedAt + Number(seconds) * 1000) throw expired()
  checkScope(claim, stamp, request.region)
  return verifyV4(request, claim, [stamp], account)
}

/** Refuses a key of another day, region or product; the refusal names which, as OSS does. */
function checkScope(claim: ClaimV4, time: string, region: string): void {
  if (claim.day !== time.slice(0, 8))
    throw badArgument(
      'Credential',
      claim.day,
      'The date of the credential differs from the date of the request.',
    )
  if (claim.region !== region)
    throw badArgument('Credential', claim.region, `The region of the credential must be ${region}.`)
  if (claim.product !== 'oss')
    throw badArgument('Credential', claim.product, 'The product of the credential must be oss.')
}

/** `times`: the texts that may stand for the time in the string to sign. */
function verifyV4(
  request: SignedParts,
  claim: ClaimV4,
  times: readonly string[],
  account: Account,
): Place {
  for (const name of claim.additionalHeaders) {
    if (!request.headers.has(name))
      throw badArgument('AdditionalHeaders', name, 'A signed header is not part of the request.')
  }
  if (
    claim.additionalHeaders.join(';') !==
    [...claim.additionalHeaders].sort().join(';').toLowerCase()
  ) {
    throw badArgument(
      'AdditionalHeaders',
      claim.additionalHeaders.join(';'),
      'AdditionalHeaders must be sorted and in lower case.',
    )
  }
  let first: { readonly toSign: string; readonly canonical: string } | null = null
  for (const reading of request.readings) {
    for (const emptyAs of ['name', 'as-sent'] as const) {
      const canonical = canonicalRequestV4(
        request.method,
        reading,
        request.params,
        request.headers,
        claim.additionalHeaders,
        emptyAs,
      )
      for (const time of times) {
        const toSign = stringToSignV4(claim, time, canonical)
        if (equal(signV4(account.accessKeySecret, claim, toSign), claim.signature)) return reading
        first ??= { toSign, canonical }
      }
    }
  }
  throw mismatch(claim.accessKeyId, claim.signature, first?.toSign ?? '', '0002-00000201', {
    CanonicalRequest: first?.canonical ?? '',
  })
}

function headerV1(request: SignedParts, authorization: string, accounts: Accounts): Place {
  const [, id, signature] = /^OSS ([^:\s]+):(\S+)$/.exec(authorization) ?? []
  if (id === undefined || signature === undefined)
    throw badArgument('Authorization', '', 'Authorization header is invalid.', '0002-00000062')
  const account = knownAccount(
    id,
    request.headers.get('x-oss-security-token'),
    request.now,
    accounts,
  )
  const date = request.headers.get('x-oss-date') ?? request.headers.get('date') ?? ''
  checkSkew(Date.parse(date), request.now)
  return verifyV1(request, date, account, signature)
}

function queryV1(
  request: SignedParts,
  query: ReadonlyMap<string, string>,
  accounts: Accounts,
): Place {
  const [id, expires, signature] = ['OSSAccessKeyId', 'Expires', 'Signature'].map((name) =>
    query.get(name),
  )
  if (id === undefined || signature === undefined)
    throw refusal('AccessDenied', {
      message: 'OSSAccessKeyId, Expires and Signature must all be given.',
    })
  if (expires === undefined)
    throw refusal('AccessDenied', { message: 'Expires is missing.', ec: '0002-00000067' })
  if (!/^\d{1,12}$/.test(expires))
    throw refusal('AccessDenied', {
      message: 'Expires must be seconds since 1970.',
      ec: '0002-00000070',
    })
  const account = knownAccount(id, query.get('security-token'), request.now, accounts)
  if (request.now > Number(expires) * 1000) throw expired()
  return verifyV1(request, expires, account, signature)
}

function verifyV1(request: SignedParts, date: string, account: Account, signature: string): Place {
  let first = ''
  for (const reading of request.readings) {
    const toSign = stringToSignV1(request.method, reading, request.params, request.headers, date)
    if (equal(signV1(account.accessKeySecret, toSign), signature)) return reading
    first ||= toSign
  }
  throw mismatch(account.accessKeyId, signature, first, '0002-00000040', {})
}

/** Returns the account of a key id and checks its token. */
function knownAccount(
  accessKeyId: string,
  token: string | undefined,
  now: number,
  accounts: Accounts,
): Account {
  const account = accounts.find(accessKeyId)
  if (account === undefined)
    throw refusal('InvalidAccessKeyId', { extra: { OSSAccessKeyId: accessKeyId } })
  if (!equal(token ?? '', account.securityToken ?? '')) throw refusal('InvalidSecurityToken')
  if (now >= account.expiresAt) throw refusal('SecurityTokenExpired')
  return account
}

function checkSkew(time: number, now: number): void {
  if (Number.isNaN(time))
    throw refusal('AccessDenied', {
      message: 'OSS authentication requires a valid Date.',
      ec: '0002-00000501',
    })
  if (Math.abs(time - now) <= MAX_SKEW_MS) return
  throw refusal('RequestTimeTooSkewed', {
    extra: {
      MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
      RequestTime: new Date(time).toISOString(),
      ServerTime: new Date(now).toISOString(),
    },
  })
}

const expired = () =>
  refusal('AccessDenied', { message: 'Request has expired.', ec: '0002-00000069' })

function mismatch(
  accessKeyId: string,
  given: string,
  toSign: string,
  ec: string,
  more: Readonly<Record<string, string>>,
) {
  const bytes = Buffer.from(toSign, 'latin1')
  return refusal('SignatureDoesNotMatch', {
    ec,
    extra: {
      OSSAccessKeyId: accessKeyId,
      SignatureProvided: given,
      StringToSign: bytes.toString('utf8'),
      StringToSignBytes: bytes.toString('hex').replaceAll(/(..)(?=.)/g, '$1 '),
      ...more,
    },
  })
}

/** Compares digests, so that the time tells neither length nor place of a difference. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
