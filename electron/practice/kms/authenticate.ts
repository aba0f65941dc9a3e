import { createHash, timingSafeEqual } from 'node:crypto'
import type { Account, Accounts } from '../accounts.ts'
import { kmsRefusal } from './errors.ts'
import { Nonces } from './nonces.ts'
import { needed, type KmsRequest } from './request.ts'
import {
  readAuthorization,
  signAcs3,
  kmsSignature,
  stringToSignAcs3,
  kmsStringToSign,
} from './signatures.ts'

const VERSION = '2016-01-20'
const MAX_SKEW_MS = 15 * 60_000

/** Accepts a signed request once. */
export class Gate {
  readonly #accounts: Accounts
  // A client's clock may be 15 minutes fast, and its request is valid for 15 more minutes.
  readonly #nonces = new Nonces(2 * MAX_SKEW_MS)

  constructor(accounts: Accounts) {
    this.#accounts = accounts
  }

  /**
   * Checks the signature of a request and returns its action. `now`: ms since 1970.
   * Errors: MissingParameter, IncompleteSignature, IllegalTimestamp, InvalidTimeStamp.*,
   * InvalidAccessKeyId.NotFound, InvalidSecurityToken.*, InvalidSignatureMethod,
   * SignatureDoesNotMatch, SignatureNonceUsed, InvalidVersion.
   */
  admit(request: KmsRequest, now: number): string {
    const authorization = request.headers.get('authorization')
    return authorization === undefined
      ? this.#admitV1(request, now)
      : this.#admitAcs3(request, authorization, now)
  }

  #admitV1({ method, params }: KmsRequest, now: number): string {
    const action = needed(params, 'Action')
    checkVersion(needed(params, 'Version'))
    const accessKeyId = needed(params, 'AccessKeyId')
    const signature = params.get('Signature')
    if (!signature) throw kmsRefusal('IncompleteSignature')
    if (needed(params, 'SignatureMethod').toUpperCase() !== 'HMAC-SHA1')
      throw kmsRefusal('InvalidSignatureMethod')
    if (needed(params, 'SignatureVersion') !== '1.0')
      throw kmsRefusal('InvalidParameter', 'SignatureVersion')
    const nonce = needed(params, 'SignatureNonce')
    checkTime(params.get('Timestamp'), now)
    const account = this.#account(accessKeyId, params.get('SecurityToken'), now)
    const toSign = kmsStringToSign(method, params)
    if (!equal(signature, kmsSignature(account.accessKeySecret, toSign)))
      throw kmsRefusal('SignatureDoesNotMatch', toSign)
    this.#spend(accessKeyId, nonce, now)
    return action
  }

  #admitAcs3(
    { method, query, params, headers, bodySha256 }: KmsRequest,
    authorization: string,
    now: number,
  ): string {
    if (!authorization.startsWith('ACS3-HMAC-SHA256 ')) throw kmsRefusal('InvalidSignatureMethod')
    const claim = readAuthorization(authorization)
    if (claim === null) throw kmsRefusal('IncompleteSignature')
    const action = headers.get('x-acs-action') ?? needed(params, 'Action')
    checkVersion(headers.get('x-acs-version') ?? needed(params, 'Version'))
    const nonce = needed(headers, 'x-acs-signature-nonce')
    checkTime(headers.get('x-acs-date'), now)
    const signed = new Set(claim.signedHeaders)
    // Somebody between client and server could change a header that is not signed.
    for (const name of headers.keys()) {
      if ((name === 'host' || name.startsWith('x-acs-')) && !signed.has(name))
        throw kmsRefusal('IncompleteSignature')
    }
    const account = this.#account(claim.accessKeyId, headers.get('x-acs-security-token'), now)
    const toSign = stringToSignAcs3(method, query, headers, claim.signedHeaders, bodySha256)
    const declared = needed(headers, 'x-acs-content-sha256')
    if (
      declared.toLowerCase() !== bodySha256 ||
      !equal(claim.signature, signAcs3(account.accessKeySecret, toSign))
    )
      throw kmsRefusal('SignatureDoesNotMatch', toSign)
    this.#spend(claim.accessKeyId, nonce, now)
    return action
  }

  #account(accessKeyId: string, token: string | undefined, now: number): Account {
    const account = this.#accounts.find(accessKeyId)
    if (account === undefined || (account.securityToken !== null && !token))
      throw kmsRefusal('InvalidAccessKeyId.NotFound')
    if (!equal(token ?? '', account.securityToken ?? ''))
      throw kmsRefusal('InvalidSecurityToken.Malformed')
    if (now >= account.expiresAt) throw kmsRefusal('InvalidSecurityToken.Expired')
    return account
  }

  #spend(accessKeyId: string, nonce: string, now: number): void {
    if (!this.#nonces.use(`${accessKeyId} ${nonce}`, now)) throw kmsRefusal('SignatureNonceUsed')
  }
}

function checkVersion(version: string): void {
  if (version !== VERSION) throw kmsRefusal('InvalidVersion')
}

function checkTime(stamp: string | undefined, now: number): void {
  if (!stamp) throw kmsRefusal('IllegalTimestamp')
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(stamp) ? Date.parse(stamp) : Number.NaN
  if (Number.isNaN(time)) throw kmsRefusal('InvalidTimeStamp.Format')
  if (Math.abs(time - now) > MAX_SKEW_MS) throw kmsRefusal('InvalidTimeStamp.Expired')
}

/** Compares two texts by their digests, so that the time does not show where the texts differ. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
