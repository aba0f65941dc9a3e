import { createHash, createHmac, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { Practice } from '../tools/practice.ts'
import { percent } from './harness.ts'

export interface Asked {
  readonly action?: string
  readonly params?: Readonly<Record<string, string>>
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** Where the action's own parameters go; a form needs POST. */
  readonly place?: 'query' | 'form'
  readonly credentials?: {
    readonly accessKeyId: string
    readonly accessKeySecret: string
    readonly securityToken?: string
  }
  /** ms since 1970 */
  readonly at?: number
  readonly nonce?: string
  readonly format?: string
  readonly endpoint?: string
  /** Changes common parameters or headers before they are signed. Undefined takes one away. */
  readonly common?: Readonly<Record<string, string | undefined>>
  /** Changes what is sent after it was signed. */
  readonly tamper?: (sent: Sent) => Partial<Sent>
}

/** A request on its way. */
export interface Sent {
  readonly path: string
  readonly method: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface KmsGot {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** Of JSON; {} for anything else. */
  readonly json: Readonly<Record<string, unknown>>
  readonly code: string
}

export type Call = (practice: Practice, asked?: Asked) => Promise<KmsGot>

const form = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${percent(name)}=${percent(value)}`)
    .join('&')
const second = (at: number): string => new Date(at).toISOString().replace(/\.\d+/, '')
const present = (pairs: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
const canonical = (pairs: Readonly<Record<string, string>>): string =>
  form(Object.fromEntries(Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1))))

/**
 * A second signer of signature 1.0, written from the documents alone, so that the server is not
 * checked against its own code.
 */
export const callV1: Call = (practice, asked = {}) => {
  const {
    action = 'ListKeys',
    params = {},
    method = 'POST',
    place = 'query',
    credentials = practice,
    at = Date.now(),
    nonce = randomUUID(),
  } = asked
  const common = present({
    Action: action,
    Version: '2016-01-20',
    Format: asked.format ?? 'JSON',
    AccessKeyId: credentials.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: second(at),
    SecurityToken: tokenOf(credentials),
    ...asked.common,
  })
  const toSign = [method, '%2F', percent(canonical({ ...common, ...params }))].join('&')
  const signature = createHmac('sha1', `${credentials.accessKeySecret}&`)
    .update(toSign)
    .digest('base64')
  const query = { ...common, Signature: signature, ...(place === 'query' ? params : {}) }
  const headers = place === 'form' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
  return send(practice, asked, {
    path: '/',
    method,
    query,
    headers,
    body: place === 'form' ? form(params) : '',
  })
}

/** The same for ACS3-HMAC-SHA256: action and version in headers, the hash of the body signed. */
export const callAcs3: Call = (practice, asked = {}) => {
  const {
    action = 'ListKeys',
    params = {},
    method = 'POST',
    place = 'query',
    credentials = practice,
    at = Date.now(),
    nonce = randomUUID(),
  } = asked
  const body = place === 'form' ? form(params) : ''
  const bodySha256 = createHash('sha256').update(body).digest('hex')
  const query = {
    ...(asked.format === undefined ? {} : { Format: asked.format }),
    ...(place === 'query' ? params : {}),
  }
  const endpoint = new URL(asked.endpoint ?? practice.kms.endpoint)
  const headers = present({
    host: endpoint.host,
    'x-acs-action': action,
    'x-acs-version': '2016-01-20',
    'x-acs-date': second(at),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': bodySha256,
    'x-acs-security-token': tokenOf(credentials),
    'content-type': place === 'form' ? 'application/x-www-form-urlencoded' : undefined,
    ...asked.common,
  })
  const names = Object.keys(headers).sort()
  const lines = [
    method,
    '/',
    canonical(query),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    bodySha256,
  ]
  const toSign = `ACS3-HMAC-SHA256\n${createHash('sha256').update(lines.join('\n')).digest('hex')}`
  const signature = createHmac('sha256', credentials.accessKeySecret).update(toSign).digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`
  return send(practice, asked, {
    path: '/',
    method,
    query,
    headers: { ...headers, authorization },
    body,
  })
}

const tokenOf = (credentials: object): string | undefined =>
  (credentials as { readonly securityToken?: string }).securityToken

function send(practice: Practice, asked: Asked, signed: Sent): Promise<KmsGot> {
  const { path, method, query, headers, body } = { ...signed, ...asked.tamper?.(signed) }
  const url = new URL(asked.endpoint ?? practice.kms.endpoint)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: url.hostname,
        port: url.port,
        method,
        path: `${path}?${form(query)}`,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve(
            got(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString('utf8')),
          ),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function got(status: number, headers: KmsGot['headers'], text: string): KmsGot {
  const json =
    text.startsWith('{') && text.endsWith('}')
      ? (JSON.parse(text) as Readonly<Record<string, unknown>>)
      : {}
  return { status, headers, text, json, code: String(json['Code'] ?? '') }
}

/** A member of an answer that must be a text. */
export function textOf({ status, text, json }: KmsGot, member: string): string {
  const value = json[member]
  if (status !== 200 || typeof value !== 'string') throw new Error(`${status}: ${text}`)
  return value
}

/** The error of a broken connection. */
export const broken = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (cause: NodeJS.ErrnoException) => cause.code,
  )
