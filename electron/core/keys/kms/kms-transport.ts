import { randomUUID } from 'node:crypto'
import type Sdk from '@alicloud/kms20160120'
import type RpcUtil from '@alicloud/rpc-util'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { Credentials } from '../../net/credentials.ts'
import type { HttpClient } from '../../net/http-client.ts'
import { kmsRefusal, NOT_KMS, type KmsAsked } from './kms-errors.ts'

/** The longest answer of KMS is a page of a hundred keys, with a few hundred bytes each. */
const MOST_ANSWER_BYTES = 1024 * 1024

/** The connection and the limits of one call of the package. */
export interface KmsTransport {
  readonly http: Pick<HttpClient, 'request'>
  /** Scheme and authority. */
  readonly origin: string
  readonly credentials: Credentials
  readonly asked: KmsAsked
  /** Milliseconds without a byte after which the connection is given up. */
  readonly silenceMs: number
  readonly signal: AbortSignal
}

/**
 * Gives `sdk` our HTTP client in place of its own. The package keeps its requests, its answers and
 * its signature. Its own client cannot be cancelled, takes no proxy, reads answers without end, and
 * prints URLs where DEBUG asks for it.
 * Calls throw Failure: those of the HTTP client, 'too-large', and what KMS answers as an error.
 * Source POP RPC style, signature version 1.0.
 */
export function useTransport(sdk: Sdk, util: typeof RpcUtil, transport: KmsTransport): void {
  const { http, origin, credentials, asked, silenceMs, signal } = transport
  sdk.doRequest = async (action, _protocol, method, version, _authType, query) => {
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    const fields = util.query({
      ...query,
      ...(securityToken !== null && securityToken !== '' && { SecurityToken: securityToken }),
      Action: action,
      Format: 'json',
      Version: version,
      Timestamp: util.getTimestamp(),
      SignatureNonce: randomUUID(),
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      AccessKeyId: accessKeyId,
    })
    const signature = util.getSignatureV1(fields, method, accessKeySecret)
    const pairs = Object.entries({ ...fields, Signature: signature })
    const text = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
    const answer = await http.request({
      url: `${origin}/?${text}`,
      method,
      headers: { 'x-acs-version': version, 'x-acs-action': action, 'user-agent': 'cipherbucket' },
      body: null,
      signal,
      idleMs: silenceMs,
    })
    const fieldsOfAnswer = readJson(await answer.text(MOST_ANSWER_BYTES))
    if (answer.status >= 400) throw kmsRefusal(answer.status, fieldsOfAnswer, asked)
    return fieldsOfAnswer
  }
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Failure(NOT_KMS)
  }
  if (typeof value !== 'object' || value === null) throw new Failure(NOT_KMS)
  return value as Record<string, unknown>
}
